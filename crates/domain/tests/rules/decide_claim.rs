//! Claim: a guarded call that decides nothing else.

use domain::decide::admission::{Pass, judge};
use domain::decide::claim::Command;
use domain::queue::PolicyOverrides;
use domain::{Change, ExpiryReason, Guard, QueueToken, Refusal, Write};
use time::Duration;

use crate::fixtures::*;

const A_LOOK: Command = Command { pass: Pass { user: ADA, token: Some(TOKEN) }, queue: Some(QUEUE) };

fn the_door() -> Scene {
    Scene::at(NOW).with_queue(a_queue(), 1, 0)
}

#[test]
fn the_first_guarded_call_claims_the_token_for_the_active_window() {
    let token = a_token(ADA).unclaimed(in_seconds(-119), in_seconds(1));
    let claimed = token.clone().claimed(in_seconds(-119), in_seconds(481)).row;

    let (outcome, change) = outcome_of(decided(&the_door().with_token(token.clone()), &A_LOOK));

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
fn the_queues_own_active_window_counts() {
    let own = PolicyOverrides { active: Some(Duration::seconds(60)), ..PolicyOverrides::default() };
    let scene = Scene::at(NOW)
        .with_queue(a_queue().with(|queue| queue.with_overrides(own)), 1, 0)
        .with_token(a_token(ADA).unclaimed(in_seconds(-10), in_seconds(20)));
    let (claimed, _) = outcome_of(decided(&scene, &A_LOOK));
    assert_eq!(claimed.expires_at(), Some(in_seconds(50)));
}

#[test]
fn a_later_call_writes_nothing() {
    let token = a_token(ADA).claimed(in_seconds(-60), in_seconds(540));
    let (outcome, change) = outcome_of(decided(&the_door().with_token(token.clone()), &A_LOOK));
    assert_eq!((outcome, change), (token.row, None));
}

#[test]
fn a_call_for_what_does_not_exist_claims_nevertheless() {
    let nowhere = Command { queue: None, ..A_LOOK };
    let scene = the_door().with_token(a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60)));
    assert_eq!(written::<QueueToken>(&change_of(decided(&scene, &nowhere))).len(), 1);
}

#[test]
fn who_is_not_admitted_is_told_why() {
    let without = Command { pass: Pass { user: ADA, token: None }, ..A_LOOK };
    let elsewhere = Command { queue: Some(OTHER_QUEUE), ..A_LOOK };
    let active = a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60));
    let cases = [
        (active.clone(), without, Refusal::TokenRequired),
        (active.clone(), elsewhere, Refusal::TokenMismatch),
        (active.of(BEN, TOKEN), A_LOOK, Refusal::TokenMismatch),
        (a_token(ADA), A_LOOK, Refusal::TokenWaiting { token: TOKEN }),
        (a_token(ADA).unclaimed(in_seconds(-120), NOW), A_LOOK, Refusal::TokenExpired(ExpiryReason::Unclaimed)),
        (a_token(ADA).claimed(in_seconds(-600), NOW), A_LOOK, Refusal::TokenExpired(ExpiryReason::TimedOut)),
        (a_token(ADA).ended(ExpiryReason::Paid), A_LOOK, Refusal::TokenExpired(ExpiryReason::Paid)),
    ];
    for (token, command, refusal) in cases {
        let verdict = decided(&the_door().with_token(token), &command);
        assert_eq!(refusal_of(verdict), refusal);
    }
    assert_eq!(refusal_of(decided(&the_door(), &A_LOOK)), Refusal::TokenMismatch);
}

#[test]
fn a_token_is_judged_alike_without_a_decision() {
    let token = a_token(ADA).claimed(in_seconds(-60), NOW + MOMENT);
    assert_eq!(judge(&token, ADA, Some(QUEUE), NOW), Ok(()));
    assert_eq!(judge(&token, ADA, None, NOW), Ok(()));
    assert_eq!(judge(&token, ADA, Some(OTHER_QUEUE), NOW), Err(Refusal::TokenMismatch));
    assert_eq!(judge(&token, BEN, Some(QUEUE), NOW), Err(Refusal::TokenMismatch));
    assert_eq!(judge(&token, ADA, Some(QUEUE), NOW + MOMENT), Err(Refusal::TokenExpired(ExpiryReason::TimedOut)));
}
