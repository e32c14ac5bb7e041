//! The state machine of queue tokens: every step in every state.

use domain::token::TokenError;
use domain::{ExpiryReason, QueueToken, TokenState, TokenStatus};
use time::{Duration, OffsetDateTime};

use crate::fixtures::{ADA, MOMENT, NOW, a_token, in_seconds};

#[derive(Debug, Clone, Copy)]
enum TokenIs {
    Waiting,
    Unclaimed,
    Claimed,
    UnclaimedLapsed,
    ClaimedLapsed,
    Ended(ExpiryReason),
}

const STATES: [TokenIs; 9] = [
    TokenIs::Waiting,
    TokenIs::Unclaimed,
    TokenIs::Claimed,
    TokenIs::UnclaimedLapsed,
    TokenIs::ClaimedLapsed,
    TokenIs::Ended(ExpiryReason::Paid),
    TokenIs::Ended(ExpiryReason::TimedOut),
    TokenIs::Ended(ExpiryReason::Unclaimed),
    TokenIs::Ended(ExpiryReason::Left),
];

type Step = fn(QueueToken) -> Result<QueueToken, TokenError>;

/// The steps, in the order of the columns of [`expected_results`].
const STEPS: [(&str, Step); 6] = [
    ("admit", |token| token.admit(Duration::seconds(120), NOW)),
    ("claim", |token| token.claim(Duration::seconds(600), NOW)),
    ("extend", |token| token.extend(in_seconds(300), NOW)),
    ("pay", |token| token.pay(NOW)),
    ("lapse", |token| token.lapse(NOW)),
    ("leave", |token| token.leave(NOW)),
];

fn admitted_at() -> OffsetDateTime {
    in_seconds(-60)
}

fn active(claimed: bool, expires_at: OffsetDateTime) -> TokenState {
    TokenState::Active { activated_at: admitted_at(), claimed, expires_at }
}

fn ended(reason: ExpiryReason) -> TokenState {
    TokenState::Expired { reason, activated_at: Some(admitted_at()), expired_at: NOW }
}

fn state(token: TokenIs) -> TokenState {
    match token {
        TokenIs::Waiting => TokenState::Waiting,
        TokenIs::Unclaimed => active(false, NOW + MOMENT),
        TokenIs::Claimed => active(true, NOW + MOMENT),
        TokenIs::UnclaimedLapsed => active(false, NOW),
        TokenIs::ClaimedLapsed => active(true, NOW),
        TokenIs::Ended(reason) => ended(reason),
    }
}

/// Returns the expected status, and the results of admit, claim, extend, pay, lapse and leave: a new state, or none for a refusal.
fn expected_results(token: TokenIs) -> (TokenStatus, [Option<TokenState>; 6]) {
    let admitted = TokenState::Active { activated_at: NOW, claimed: false, expires_at: in_seconds(120) };
    let left_while_waiting = TokenState::Expired { reason: ExpiryReason::Left, activated_at: None, expired_at: NOW };
    let (paid, left) = (Some(ended(ExpiryReason::Paid)), Some(ended(ExpiryReason::Left)));
    match token {
        TokenIs::Waiting => (TokenStatus::Waiting, [Some(admitted), None, None, None, None, Some(left_while_waiting)]),
        TokenIs::Unclaimed => {
            let claimed = active(true, admitted_at() + Duration::seconds(600));
            (TokenStatus::Active, [None, Some(claimed), Some(active(false, in_seconds(300))), paid, None, left])
        }
        TokenIs::Claimed => (TokenStatus::Active, [None, Some(state(token)), Some(active(true, in_seconds(300))), paid, None, left]),
        TokenIs::UnclaimedLapsed => lapsed(ExpiryReason::Unclaimed),
        TokenIs::ClaimedLapsed => lapsed(ExpiryReason::TimedOut),
        TokenIs::Ended(reason) => (TokenStatus::Expired(reason), [None; 6]),
    }
}

fn lapsed(reason: ExpiryReason) -> (TokenStatus, [Option<TokenState>; 6]) {
    (TokenStatus::Expired(reason), [None, None, None, None, Some(ended(reason)), None])
}

#[test]
fn tokens_allow_exactly_the_steps_of_the_table() {
    for is in STATES {
        let before = a_token(ADA).with_state(state(is));
        let (status, outcomes) = expected_results(is);
        assert_eq!(before.status(NOW), status, "{is:?}");
        for ((step, take), outcome) in STEPS.into_iter().zip(outcomes) {
            let expected = match outcome {
                Some(state) => Ok(before.clone().with_state(state).row),
                None => Err(TokenError { status, step }),
            };
            assert_eq!(take(before.row.clone()), expected, "{is:?}, {step}");
            assert_eq!(before.state(), state(is), "{is:?} is unchanged");
        }
    }
}

#[test]
fn a_token_reports_its_times_and_whether_it_is_live_lapsed_or_unclaimed() {
    for is in STATES {
        let token = a_token(ADA).with_state(state(is));
        let (activated_at, expires_at, live, lapsed, unclaimed) = match is {
            TokenIs::Waiting => (None, None, true, false, false),
            TokenIs::Unclaimed => (Some(admitted_at()), Some(NOW + MOMENT), true, false, true),
            TokenIs::Claimed => (Some(admitted_at()), Some(NOW + MOMENT), true, false, false),
            TokenIs::UnclaimedLapsed | TokenIs::ClaimedLapsed => (Some(admitted_at()), Some(NOW), true, true, false),
            TokenIs::Ended(_) => (Some(admitted_at()), Some(NOW), false, false, false),
        };
        assert_eq!(token.activated_at(), activated_at, "{is:?}");
        assert_eq!(token.expires_at(), expires_at, "{is:?}");
        assert_eq!(token.is_live(), live, "{is:?}");
        assert_eq!(token.has_lapsed(NOW), lapsed, "{is:?}");
        assert_eq!(token.is_unclaimed(NOW), unclaimed, "{is:?}");
    }
}

#[test]
fn a_lapsed_token_ends_at_its_deadline_not_when_the_lapse_is_recorded() {
    let token = a_token(ADA).claimed(in_seconds(-700), in_seconds(-100)).row.lapse(NOW);
    assert_eq!(token.map(|token| token.expires_at()), Ok(Some(in_seconds(-100))));
}

#[test]
fn a_claim_or_a_hold_never_shortens_a_deadline() {
    let long_lived = a_token(ADA).unclaimed(NOW, in_seconds(900));
    let claimed = long_lived.row.claim(Duration::seconds(600), NOW);
    assert_eq!(claimed.clone().map(|token| token.expires_at()), Ok(Some(in_seconds(900))));
    assert_eq!(claimed.and_then(|token| token.extend(in_seconds(300), NOW)).map(|token| token.expires_at()), Ok(Some(in_seconds(900))));
}
