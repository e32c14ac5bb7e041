//! People by an operator's hand: let in, and parted from their holds.

use domain::decide::admit::Ticked;
use domain::decide::desk::{admit, release};
use domain::deed::{Act, Subject};
use domain::reservation::ReservationStatus;
use domain::{CancelReason, Context, QueueState, Refusal, SeatState};

use crate::fixtures::*;

fn admission(count: u32) -> admit::Command {
    admit::Command { order: an_order(), queue: QUEUE, count }
}

/// Five wait; 97 of 100 places are taken.
fn a_line() -> Context {
    let waiting = (1..=5_u64).map(|number| a_token().of(ADA, token(number.into())).number(number));
    waiting.fold(Context::at(NOW).with_queue(a_queue(), 97, 5), ContextWords::with_token)
}

#[test]
fn the_foremost_are_let_in_whatever_the_batch_and_never_above_the_capacity() {
    let mut line = a_line();
    line.queue.iter_mut().for_each(|queue| queue.row.overrides.batch = Some(1));
    let (ticked, change) = outcome_of(admit::decide(&line, &admission(2), &rules()));
    let change = change.unwrap();
    assert_eq!(ticked, Ticked { admitted: 2, lapsed: 0 });
    assert_eq!(change.tokens.iter().map(|write| write.row.number).collect::<Vec<_>>(), [1, 2]);
    let deed = change.deed.unwrap();
    assert_eq!((deed.act, deed.subject, deed.changes[0].after.as_deref()), (Act::Admit, Subject::Queue(QUEUE), Some("2")));
    assert_eq!(outcome_of(admit::decide(&a_line(), &admission(5), &rules())).0.admitted, 3, "there are three places");
}

#[test]
fn nobody_is_let_in_where_nobody_waits_or_the_queue_is_paused() {
    let nobody = Context::at(NOW).with_queue(a_queue(), 0, 0);
    assert_eq!(outcome_of(admit::decide(&nobody, &admission(5), &rules())), (Ticked::default(), None));
    let mut paused = a_line();
    paused.queue.iter_mut().for_each(|queue| queue.row.state = QueueState::Paused);
    assert_eq!(refusal_of(admit::decide(&paused, &admission(5), &rules())), Refusal::QueuePaused);
    assert_eq!(refusal_of(admit::decide(&Context::at(NOW), &admission(5), &rules())), Refusal::NotFound);
}

#[test]
fn a_hold_is_ended_whosever_it_is() {
    let command = release::Command { order: an_order(), reservation: RESERVATION };
    let hold = a_hold(RESERVATION, &[7], in_seconds(60));
    let context = Context::at(NOW).with_reservation(hold).with_seats([a_seat(7).held_by(RESERVATION, in_seconds(60))]);
    let (ended, change) = outcome_of(release::decide(&context, &command));
    let change = change.unwrap();
    assert_eq!(ended.status(a_moment()), ReservationStatus::Cancelled(CancelReason::Released));
    assert_eq!(change.seats[0].row.state(), SeatState::Available);
    assert_eq!(change.deed.map(|deed| (deed.act, deed.subject)), Some((Act::Release, Subject::Reservation(RESERVATION))));

    let ended = Context::at(NOW).with_reservation(a_hold(RESERVATION, &[7], NOW).cancelled(CancelReason::Expired));
    assert_eq!(outcome_of(release::decide(&ended, &command)).1, None);
    let paid = Context::at(NOW).with_reservation(a_hold(RESERVATION, &[7], NOW).confirmed_by(PAYMENT));
    assert_eq!(refusal_of(release::decide(&paid, &command)), Refusal::NotReleasable(ReservationStatus::Confirmed));
    assert_eq!(refusal_of(release::decide(&Context::at(NOW), &command)), Refusal::NotFound);
}
