//! Leave: a user gives up a token.

use domain::decide::leave::Command;
use domain::{CancelReason, Change, Event, ExpiryReason, Fact, Guard, QueueToken, Refusal, Reservation, Version, Versioned, Write};

use crate::fixtures::*;

const ADA_LEAVES: Command = Command { user: ADA, token: TOKEN };

fn expired_event(reason: ExpiryReason) -> Event {
    Fact::TokenExpired { token: TOKEN.digest(), queue: QUEUE, user: ADA, number: 1, reason }.at(Version(201))
}

fn left(token: &Versioned<QueueToken>) -> Write<QueueToken> {
    Write::update(token, token.row.clone().leave(NOW).unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn a_waiting_user_may_leave() {
    let change = change_of(decided(&Fixture::at(NOW).with_token(a_token(ADA)), &ADA_LEAVES));
    let expected =
        Change { writes: vec![left(&a_token(ADA)).into()], events: vec![expired_event(ExpiryReason::Left)], ..Change::default() };
    assert_eq!(change, expected);
}

#[test]
fn an_active_user_who_leaves_releases_the_hold() {
    let token = a_token(ADA).claimed(in_seconds(-60), in_seconds(540));
    let hold = hold_until(RESERVATION, &[7, 8], in_seconds(100));
    let fixture = Fixture::at(NOW)
        .with_token(token.clone())
        .with_reservation(hold.clone())
        .with_seats([a_seat(7), a_seat(8)].map(|seat| seat.held_by(hold.id(), in_seconds(100))));

    let change = change_of(decided(&fixture, &ADA_LEAVES));

    let released = Fact::ReservationCancelled {
        reservation: RESERVATION,
        schedule: SCHEDULE,
        user: ADA,
        seats: vec![seat_number(7), seat_number(8)],
        reason: CancelReason::Released,
    }
    .at(Version(302));
    let expected = Change {
        not_after: Some(in_seconds(100)),
        guards: vec![Guard::Schedule(SCHEDULE, a_schedule().version)],
        writes: vec![
            left(&token).into(),
            Write::update(&a_seat(7), a_seat(7).row).into(),
            Write::update(&a_seat(8), a_seat(8).row).into(),
            Write::update(&hold, hold.clone().cancelled(CancelReason::Released).row).into(),
        ],
        events: vec![expired_event(ExpiryReason::Left), released],
    };
    assert_eq!(in_order(change), in_order(expected));
}

#[test]
fn the_hold_of_a_cancelled_schedule_expires_instead_of_being_released() {
    let hold = hold_until(RESERVATION, &[7], in_seconds(100));
    let fixture = Fixture::at(NOW)
        .with_token(a_token(ADA).claimed(in_seconds(-60), in_seconds(540)))
        .with_reservation(hold.clone())
        .with_seats([a_seat(7).held_by(hold.id(), in_seconds(100))]);
    let change = change_of(decided(&fixture.cancelled(SCHEDULE, "no"), &ADA_LEAVES));
    assert_eq!(written(&change), [Write::update(&hold, hold.clone().cancelled(CancelReason::Expired).row)]);
    assert_eq!((change.guards, change.not_after), (vec![], Some(in_seconds(540))));
}

#[test]
fn leaving_is_not_committed_after_the_deadline_of_the_token() {
    let token = a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60));
    let change = change_of(decided(&Fixture::at(NOW).with_token(token), &ADA_LEAVES));
    assert_eq!(change.not_after, Some(in_seconds(60)));
}

#[test]
fn leaving_after_the_deadline_records_the_expiry() {
    let token = a_token(ADA).claimed(in_seconds(-600), NOW);
    let hold = hold_until(RESERVATION, &[7], NOW);
    let fixture =
        Fixture::at(NOW).with_token(token.clone()).with_reservation(hold.clone()).with_seats([a_seat(7).held_by(RESERVATION, NOW)]);

    let change = change_of(decided(&fixture, &ADA_LEAVES));

    let lapsed = token.row.clone().lapse(NOW).unwrap();
    assert_eq!(written(&change), [Write::update(&token, lapsed)]);
    assert_eq!(written(&change), [Write::update(&hold, hold.clone().cancelled(CancelReason::Expired).row)]);
    assert_eq!(change.events[0], expired_event(ExpiryReason::TimedOut));
    assert_eq!(change.not_after, None, "an expiry has no deadline");
}

#[test]
fn leaving_with_an_ended_token_changes_nothing() {
    for reason in [ExpiryReason::Paid, ExpiryReason::TimedOut, ExpiryReason::Unclaimed, ExpiryReason::Left] {
        let verdict = decided(&Fixture::at(NOW).with_token(a_token(ADA).ended(reason)), &ADA_LEAVES);
        assert_eq!(outcome_of(verdict), ((), None), "{reason:?}");
    }
}

#[test]
fn sold_seats_and_holds_under_other_tokens_stay() {
    let fixture = Fixture::at(NOW)
        .with_token(a_token(ADA))
        .with_reservation(hold_until(reservation(2), &[7], in_seconds(-10)).confirmed_by(PAYMENT))
        .with_reservation(hold_until(reservation(3), &[8], in_seconds(10)).of(ADA, OTHER_TOKEN));
    assert_eq!(written::<Reservation>(&change_of(decided(&fixture, &ADA_LEAVES))), []);
}

#[test]
fn a_token_of_another_user_is_not_found() {
    let bens = Fixture::at(NOW).with_token(a_token(ADA).of(BEN, TOKEN));
    assert_eq!(refusal_of(decided(&bens, &ADA_LEAVES)), Refusal::NotFound);
    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &ADA_LEAVES)), Refusal::NotFound);
}
