//! Claim: a guarded request that decides nothing else.

use domain::decide::admission::{Pass, check_token};
use domain::decide::claim::Command;
use domain::queue::PolicyOverrides;
use domain::{Change, ExpiryReason, Guard, QueueToken, Refusal, Write};
use time::Duration;

use crate::fixtures::*;

const CLAIM: Command = Command { pass: Pass { user: ADA, token: Some(TOKEN) }, queue: Some(QUEUE) };

fn the_queue() -> Fixture {
    Fixture::at(NOW).with_queue(a_queue(), 1, 0)
}

#[test]
fn the_first_guarded_request_claims_the_token_for_the_active_window() {
    let token = a_token(ADA).unclaimed(in_seconds(-119), in_seconds(1));
    let claimed = token.clone().claimed(in_seconds(-119), in_seconds(481)).row;

    let (outcome, change) = outcome_of(decided(&the_queue().with_token(token.clone()), &CLAIM));

    assert_eq!(outcome, claimed);
    let expected = Change {
        not_after: Some(in_seconds(1)),
        guards: vec![Guard::Queue(QUEUE, a_queue().version)],
        writes: vec![Write::update(&token, claimed).into()],
        ..Change::default()
    };
    assert_eq!(change, Some(expected));
}

#[test]
fn the_queues_own_active_window_applies() {
    let own = PolicyOverrides { active: Some(Duration::seconds(60)), ..PolicyOverrides::default() };
    let fixture = Fixture::at(NOW)
        .with_queue(a_queue().with(|queue| queue.with_overrides(own)), 1, 0)
        .with_token(a_token(ADA).unclaimed(in_seconds(-10), in_seconds(20)));
    let (claimed, _) = outcome_of(decided(&fixture, &CLAIM));
    assert_eq!(claimed.expires_at(), Some(in_seconds(50)));
}

#[test]
fn a_later_request_writes_nothing() {
    let token = a_token(ADA).claimed(in_seconds(-60), in_seconds(540));
    let (outcome, change) = outcome_of(decided(&the_queue().with_token(token.clone()), &CLAIM));
    assert_eq!((outcome, change), (token.row, None));
}

#[test]
fn a_request_for_a_missing_resource_claims_the_token() {
    let missing = Command { queue: None, ..CLAIM };
    let fixture = the_queue().with_token(a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60)));
    assert_eq!(written::<QueueToken>(&change_of(decided(&fixture, &missing))).len(), 1);
}

#[test]
fn a_request_without_admission_is_refused_with_the_reason() {
    let without = Command { pass: Pass { user: ADA, token: None }, ..CLAIM };
    let elsewhere = Command { queue: Some(OTHER_QUEUE), ..CLAIM };
    let active = a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60));
    let cases = [
        (active.clone(), without, Refusal::TokenRequired),
        (active.clone(), elsewhere, Refusal::TokenMismatch),
        (active.of(BEN, TOKEN), CLAIM, Refusal::TokenMismatch),
        (a_token(ADA), CLAIM, Refusal::TokenWaiting { token: TOKEN }),
        (a_token(ADA).unclaimed(in_seconds(-120), NOW), CLAIM, Refusal::TokenExpired(ExpiryReason::Unclaimed)),
        (a_token(ADA).claimed(in_seconds(-600), NOW), CLAIM, Refusal::TokenExpired(ExpiryReason::TimedOut)),
        (a_token(ADA).ended(ExpiryReason::Paid), CLAIM, Refusal::TokenExpired(ExpiryReason::Paid)),
    ];
    for (token, command, refusal) in cases {
        let verdict = decided(&the_queue().with_token(token), &command);
        assert_eq!(refusal_of(verdict), refusal);
    }
    assert_eq!(refusal_of(decided(&the_queue(), &CLAIM)), Refusal::TokenMismatch);
}

#[test]
fn the_check_without_a_decision_gives_the_same_result() {
    let token = a_token(ADA).claimed(in_seconds(-60), NOW + MOMENT);
    assert_eq!(check_token(&token, ADA, Some(QUEUE), NOW), Ok(()));
    assert_eq!(check_token(&token, ADA, None, NOW), Ok(()));
    assert_eq!(check_token(&token, ADA, Some(OTHER_QUEUE), NOW), Err(Refusal::TokenMismatch));
    assert_eq!(check_token(&token, BEN, Some(QUEUE), NOW), Err(Refusal::TokenMismatch));
    assert_eq!(check_token(&token, ADA, Some(QUEUE), NOW + MOMENT), Err(Refusal::TokenExpired(ExpiryReason::TimedOut)));
}
