//! Admission of users and release of holds by operators.

use domain::audit_entry::{Action, Subject};
use domain::decide::admin::{admit, release};
use domain::queue::PolicyOverrides;
use domain::reservation::ReservationStatus;
use domain::{AuditEntry, CancelReason, Change, Operation, Outcome, QueueState, QueueToken, Refusal, Seat, SeatState};

use crate::fixtures::*;

fn admit_command(count: u32) -> admit::Command {
    admit::Command { order: an_order(), idempotency: idempotency(ADA, Operation::Admit, "once"), queue: QUEUE, count }
}

/// Returns a fixture with five waiting users and a remaining capacity of 3 of 100.
fn waiting_users() -> Fixture {
    let waiting = (1..=5_u64).map(|number| a_token(ADA).of(ADA, token(number)).numbered(number));
    waiting.fold(Fixture::at(NOW).with_queue(a_queue(), 97, 5), Fixture::with_token)
}

#[test]
fn the_first_waiting_users_are_admitted_regardless_of_the_batch_and_within_the_capacity() {
    let mut fixture = waiting_users();
    let own = PolicyOverrides { batch: Some(1), ..PolicyOverrides::default() };
    fixture.queues.iter_mut().for_each(|queue| queue.row = queue.row.clone().with_overrides(own));
    let (outcome, change) = outcome_of(decided(&fixture, &admit_command(2)));
    let change = change.unwrap();
    assert_eq!(outcome, Outcome::Admitted { admitted: 2 });
    assert_eq!(written(&change), [idempotency(ADA, Operation::Admit, "once").record(outcome, None, NOW, &rules())]);
    assert_eq!(change.rows::<QueueToken>().map(|write| write.row.number()).collect::<Vec<_>>(), [1, 2]);
    let audit_entry = row_of::<AuditEntry>(&change).unwrap();
    assert_eq!(
        (audit_entry.action, audit_entry.subject, audit_entry.changes[0].after.as_deref()),
        (Action::Admit, Subject::Queue(QUEUE), Some("2"))
    );
    let three = outcome_of(decided(&waiting_users(), &admit_command(5))).0;
    assert_eq!(three, Outcome::Admitted { admitted: 3 }, "the remaining capacity is three");
}

#[test]
fn no_user_is_admitted_from_an_empty_paused_or_unknown_queue() {
    let empty = Fixture::at(NOW).with_queue(a_queue(), 0, 0);
    let (outcome, change) = outcome_of(decided(&empty, &admit_command(5)));
    let key_only = Change::default().writing(idempotency(ADA, Operation::Admit, "once").record(outcome.clone(), None, NOW, &rules()));
    assert_eq!((outcome, change), (Outcome::Admitted { admitted: 0 }, Some(key_only)), "the outcome is recorded");
    let mut paused = waiting_users();
    paused.queues.iter_mut().for_each(|queue| queue.row = queue.row.clone().restore(QueueState::Paused));
    assert_eq!(refusal_of(decided(&paused, &admit_command(5))), Refusal::QueuePaused);
    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &admit_command(5))), Refusal::NotFound);
}

#[test]
fn a_repeated_admission_is_replayed_and_admits_no_user() {
    let first = Outcome::Admitted { admitted: 2 };
    let record = a_key_record(&idempotency(ADA, Operation::Admit, "once"), first.clone(), in_seconds(-60));
    let decision = decided(&waiting_users().with_key(record.clone()), &admit_command(2)).unwrap();
    assert_eq!((decision.outcome, decision.change, decision.replayed), (first, None, true));

    let mut another = record;
    another.row.fingerprint = domain::Fingerprint([2; 32]);
    assert_eq!(refusal_of(decided(&waiting_users().with_key(another), &admit_command(3))), Refusal::KeyReused);
}

#[test]
fn an_operator_releases_a_hold_of_any_user() {
    let command = release::Command { order: an_order(), reservation: RESERVATION };
    let hold = hold_until(RESERVATION, &[7], in_seconds(60));
    let fixture = Fixture::at(NOW).with_reservation(hold).with_seats([a_seat(7).held_by(RESERVATION, in_seconds(60))]);
    let (released, change) = outcome_of(decided(&fixture, &command));
    let change = change.unwrap();
    assert!(released.by_this_order);
    assert_eq!(released.reservation.status(a_moment()), ReservationStatus::Cancelled(CancelReason::Released));
    assert_eq!(written::<Seat>(&change)[0].row.state(), SeatState::Available);
    assert_eq!(
        row_of::<AuditEntry>(&change).map(|audit_entry| (audit_entry.action, audit_entry.subject)),
        Some((Action::Release, Subject::Reservation(RESERVATION)))
    );

    let ended = Fixture::at(NOW).with_reservation(hold_until(RESERVATION, &[7], NOW).cancelled(CancelReason::Expired));
    let (released, change) = outcome_of(decided(&ended, &command));
    assert_eq!((released.by_this_order, change), (false, None), "it had ended before");
    let paid = Fixture::at(NOW).with_reservation(hold_until(RESERVATION, &[7], NOW).confirmed_by(PAYMENT));
    assert_eq!(refusal_of(decided(&paid, &command)), Refusal::NotReleasable(ReservationStatus::Confirmed));
    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &command)), Refusal::NotFound);
}
