//! People by an operator's hand: let in, and parted from their holds.

use domain::audit_entry::{Action, Subject};
use domain::decide::admin::{admit, release};
use domain::queue::PolicyOverrides;
use domain::reservation::ReservationStatus;
use domain::{AuditEntry, CancelReason, Change, Operation, Outcome, QueueState, QueueToken, Refusal, Seat, SeatState};

use crate::fixtures::*;

fn admission(count: u32) -> admit::Command {
    admit::Command { order: an_order(), idempotency: idempotency(ADA, Operation::Admit, "once"), queue: QUEUE, count }
}

/// Five wait; 97 of 100 places are taken.
fn a_line() -> Scene {
    let waiting = (1..=5_u64).map(|number| a_token(ADA).of(ADA, token(number)).numbered(number));
    waiting.fold(Scene::at(NOW).with_queue(a_queue(), 97, 5), Scene::with_token)
}

#[test]
fn the_foremost_are_let_in_whatever_the_batch_and_never_above_the_capacity() {
    let mut line = a_line();
    let own = PolicyOverrides { batch: Some(1), ..PolicyOverrides::default() };
    line.queues.iter_mut().for_each(|queue| queue.row = queue.row.clone().with_overrides(own));
    let (outcome, change) = outcome_of(decided(&line, &admission(2)));
    let change = change.unwrap();
    assert_eq!(outcome, Outcome::Admitted { admitted: 2 });
    assert_eq!(written(&change), [idempotency(ADA, Operation::Admit, "once").record(outcome, None, NOW, &rules())]);
    assert_eq!(change.rows::<QueueToken>().map(|write| write.row.number()).collect::<Vec<_>>(), [1, 2]);
    let audit_entry = row_of::<AuditEntry>(&change).unwrap();
    assert_eq!(
        (audit_entry.action, audit_entry.subject, audit_entry.changes[0].after.as_deref()),
        (Action::Admit, Subject::Queue(QUEUE), Some("2"))
    );
    let three = outcome_of(decided(&a_line(), &admission(5))).0;
    assert_eq!(three, Outcome::Admitted { admitted: 3 }, "there are three places");
}

#[test]
fn nobody_is_let_in_where_nobody_waits_or_the_queue_is_paused() {
    let nobody = Scene::at(NOW).with_queue(a_queue(), 0, 0);
    let (outcome, change) = outcome_of(decided(&nobody, &admission(5)));
    let key_only = Change::default().writing(idempotency(ADA, Operation::Admit, "once").record(outcome.clone(), None, NOW, &rules()));
    assert_eq!((outcome, change), (Outcome::Admitted { admitted: 0 }, Some(key_only)), "the answer counts");
    let mut paused = a_line();
    paused.queues.iter_mut().for_each(|queue| queue.row = queue.row.clone().restore(QueueState::Paused));
    assert_eq!(refusal_of(decided(&paused, &admission(5))), Refusal::QueuePaused);
    assert_eq!(refusal_of(decided(&Scene::at(NOW), &admission(5))), Refusal::NotFound);
}

#[test]
fn the_same_admission_again_is_the_first_answer_and_admits_nobody() {
    let first = Outcome::Admitted { admitted: 2 };
    let record = a_key_record(&idempotency(ADA, Operation::Admit, "once"), first.clone(), in_seconds(-60));
    let decision = decided(&a_line().with_key(record.clone()), &admission(2)).unwrap();
    assert_eq!((decision.outcome, decision.change, decision.replayed), (first, None, true));

    let mut another = record;
    another.row.fingerprint = domain::Fingerprint([2; 32]);
    assert_eq!(refusal_of(decided(&a_line().with_key(another), &admission(3))), Refusal::KeyReused);
}

#[test]
fn a_hold_is_ended_whosever_it_is() {
    let command = release::Command { order: an_order(), reservation: RESERVATION };
    let hold = hold_until(RESERVATION, &[7], in_seconds(60));
    let scene = Scene::at(NOW).with_reservation(hold).with_seats([a_seat(7).held_by(RESERVATION, in_seconds(60))]);
    let (released, change) = outcome_of(decided(&scene, &command));
    let change = change.unwrap();
    assert!(released.by_this_order);
    assert_eq!(released.reservation.status(a_moment()), ReservationStatus::Cancelled(CancelReason::Released));
    assert_eq!(written::<Seat>(&change)[0].row.state(), SeatState::Available);
    assert_eq!(
        row_of::<AuditEntry>(&change).map(|audit_entry| (audit_entry.action, audit_entry.subject)),
        Some((Action::Release, Subject::Reservation(RESERVATION)))
    );

    let ended = Scene::at(NOW).with_reservation(hold_until(RESERVATION, &[7], NOW).cancelled(CancelReason::Expired));
    let (released, change) = outcome_of(decided(&ended, &command));
    assert_eq!((released.by_this_order, change), (false, None), "it had ended before");
    let paid = Scene::at(NOW).with_reservation(hold_until(RESERVATION, &[7], NOW).confirmed_by(PAYMENT));
    assert_eq!(refusal_of(decided(&paid, &command)), Refusal::NotReleasable(ReservationStatus::Confirmed));
    assert_eq!(refusal_of(decided(&Scene::at(NOW), &command)), Refusal::NotFound);
}
