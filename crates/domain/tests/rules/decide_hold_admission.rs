//! Hold: the requirements on the token, and the effects on the token.

use domain::decide::admission::Pass;
use domain::decide::hold::Command;
use domain::queue::PolicyOverrides;
use domain::{Change, ExpiryReason, Guard, Listing, Operation, Outcome, QueueToken, Refusal, TokenId, Versioned, Write};
use time::Duration;

use crate::decide_hold::{active_ada, ada_holds};
use crate::fixtures::*;

fn with_token(token: Versioned<QueueToken>) -> Fixture {
    active_ada().with_token(token)
}

fn refusal_with(token: Option<TokenId>, fixture: &Fixture) -> Refusal {
    let command = Command { pass: Pass { user: ADA, token }, ..ada_holds(&[7]) };
    refusal_of(decided(fixture, &command))
}

#[test]
fn a_hold_needs_a_token() {
    assert_eq!(refusal_with(None, &active_ada()), Refusal::TokenRequired);
}

#[test]
fn an_unknown_token_does_not_admit() {
    assert_eq!(refusal_with(Some(token(99)), &active_ada()), Refusal::TokenMismatch);
}

#[test]
fn another_users_token_does_not_admit_and_its_state_is_not_revealed() {
    let theirs = a_token(ADA).of(BEN, TOKEN);
    let states = [
        theirs.clone(),
        theirs.clone().claimed(in_seconds(-60), in_seconds(540)),
        theirs.clone().claimed(in_seconds(-60), NOW),
        theirs.ended(ExpiryReason::Paid),
    ];
    for token in states {
        assert_eq!(refusal_with(Some(TOKEN), &with_token(token)), Refusal::TokenMismatch);
    }
}

#[test]
fn a_token_of_another_queue_does_not_admit() {
    let elsewhere = a_token(ADA).with(|token| token.with_queue(OTHER_QUEUE)).unclaimed(in_seconds(-60), in_seconds(540));
    assert_eq!(refusal_with(Some(TOKEN), &with_token(elsewhere)), Refusal::TokenMismatch);
}

#[test]
fn a_draft_is_not_found_under_any_token() {
    let publishing_at = |at| a_concert().with(|concert| concert.with_listing(Listing { publishes_at: Some(at), ..Listing::default() }));
    let draft = active_ada().with_concert(publishing_at(NOW + MOMENT));
    assert_eq!(refusal_with(Some(TOKEN), &draft), Refusal::NotFound);
    let elsewhere = a_token(ADA).with(|token| token.with_queue(OTHER_QUEUE)).claimed(in_seconds(-60), in_seconds(540));
    assert_eq!(refusal_with(Some(TOKEN), &draft.with_token(elsewhere)), Refusal::NotFound, "as a schedule that doesn't exist");
    change_of(decided(&active_ada().with_concert(publishing_at(NOW)), &ada_holds(&[7])));
}

#[test]
fn a_waiting_token_does_not_admit() {
    assert_eq!(refusal_with(Some(TOKEN), &with_token(a_token(ADA))), Refusal::TokenWaiting { token: TOKEN });
}

#[test]
fn a_token_admits_before_its_deadline_only() {
    let (claimed, unclaimed) = (a_token(ADA).claimed(in_seconds(-600), NOW), a_token(ADA).unclaimed(in_seconds(-120), NOW));
    assert_eq!(refusal_with(Some(TOKEN), &with_token(claimed)), Refusal::TokenExpired(ExpiryReason::TimedOut));
    assert_eq!(refusal_with(Some(TOKEN), &with_token(unclaimed)), Refusal::TokenExpired(ExpiryReason::Unclaimed));

    let still = a_token(ADA).claimed(in_seconds(-600), NOW + MOMENT);
    let change = change_of(decided(&with_token(still), &ada_holds(&[7])));
    assert_eq!(change.not_after, Some(NOW + MOMENT));
}

#[test]
fn an_ended_token_is_refused_with_its_reason() {
    for reason in [ExpiryReason::Paid, ExpiryReason::TimedOut, ExpiryReason::Unclaimed, ExpiryReason::Left] {
        assert_eq!(refusal_with(Some(TOKEN), &with_token(a_token(ADA).ended(reason))), Refusal::TokenExpired(reason));
    }
}

#[test]
fn a_hold_extends_the_token_to_its_own_deadline() {
    let expiring = a_token(ADA).claimed(in_seconds(-590), in_seconds(10));
    let change = change_of(decided(&with_token(expiring.clone()), &ada_holds(&[7])));
    let extended = expiring.clone().claimed(in_seconds(-590), in_seconds(300));
    assert_eq!(written(&change), [Write::update(&expiring, extended.row)]);
    assert_eq!(change.not_after, Some(in_seconds(10)), "the decision relied on the old deadline");
}

#[test]
fn a_hold_as_the_first_request_claims_the_token_under_the_queues_own_policy() {
    let own = PolicyOverrides { active: Some(Duration::seconds(900)), ..PolicyOverrides::default() };
    let token = a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60));
    let fixture = with_token(token.clone()).with_queue(a_queue().with(|queue| queue.with_overrides(own)), 1, 0);

    let change = change_of(decided(&fixture, &ada_holds(&[7])));

    assert_eq!(written(&change), [Write::update(&token, token.clone().claimed(in_seconds(-60), in_seconds(840)).row)]);
    assert_eq!(change.not_after, Some(in_seconds(60)));
    assert!(change.guards.contains(&Guard::Queue(QUEUE, a_queue().version)));
}

#[test]
fn a_refused_first_request_claims_the_token() {
    let token = a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60));
    let fixture = with_token(token.clone());
    let no_schedule = Fixture { schedules: Vec::new(), concerts: Vec::new(), ..fixture.clone() };
    let claim = Change {
        not_after: Some(in_seconds(60)),
        guards: vec![Guard::Queue(QUEUE, a_queue().version)],
        writes: vec![Write::update(&token, token.clone().claimed(in_seconds(-60), in_seconds(540)).row).into()],
        ..Change::default()
    };
    let refusals = [
        (&fixture, &[99][..], Refusal::UnknownSeats(vec![seat_number(99)])),
        (&fixture, &[1, 2, 3, 4, 5], Refusal::UnknownSeats([1, 2, 3, 4, 5].map(seat_number).to_vec())),
        (&no_schedule, &[7], Refusal::NotFound),
    ];
    for (fixture, numbers, refusal) in refusals {
        let refused = refused(decided(fixture, &ada_holds(numbers)));
        assert_eq!((refused.refusal, refused.claim.as_deref()), (refusal, Some(&claim)));
    }
}

#[test]
fn a_first_request_with_a_reused_key_claims_the_token() {
    let token = a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60));
    let first = Outcome::Held { reservation: hold_until(RESERVATION, &[7], in_seconds(100)).row, created: true };
    let mut record = a_key_record(&idempotency(ADA, Operation::Hold, "once"), first, in_seconds(-100));
    let replayed = decided(&with_token(token.clone()).with_key(record.clone()), &ada_holds(&[7])).unwrap();
    assert_eq!((replayed.replayed, replayed.change), (true, None), "a replay writes nothing");

    record.row.fingerprint = domain::Fingerprint([2; 32]);
    let reused = refused(decided(&with_token(token.clone()).with_key(record.clone()), &ada_holds(&[7])));
    let claimed = token.clone().claimed(in_seconds(-60), in_seconds(540)).row;
    assert_eq!(reused.refusal, Refusal::KeyReused);
    assert_eq!(reused.claim.map(|claim| written(&claim)), Some(vec![Write::update(&token, claimed)]));

    for token in [a_token(ADA), a_token(ADA).of(BEN, TOKEN), a_token(ADA).unclaimed(in_seconds(-120), NOW)] {
        let refusal = refusal_of(decided(&with_token(token).with_key(record.clone()), &ada_holds(&[7])));
        assert_eq!(refusal, Refusal::KeyReused, "an invalid pass claims nothing");
    }
}

#[test]
fn a_refused_later_request_writes_nothing() {
    let refused = refused(decided(&active_ada(), &ada_holds(&[99])));
    assert_eq!(refused.claim, None);
}
