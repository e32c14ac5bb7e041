//! The state machine of sessions: every step in every state, with every kind of refresh token.

use domain::session::{
    DeviceName, EndReason, FormerToken, Refreshed, Roles, Secret, SessionError, SessionOwner, SessionState, SessionStatus,
};
use domain::{Session, SessionId, SessionRules};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::fixtures::{ADA, MOMENT, NOW, in_seconds};

const SESSION: SessionId = SessionId(Uuid::from_u64_pair(10, 1));
const NONCE: Uuid = Uuid::from_u128(5);
const OLD_NONCE: Uuid = Uuid::from_u128(4);

/// Returns the current refresh token, or the code.
fn current() -> Secret {
    former().successor(OLD_NONCE)
}

fn former() -> Secret {
    Secret([1; 32])
}

fn unknown() -> Secret {
    Secret([9; 32])
}

fn owner() -> SessionOwner {
    SessionOwner { id: SESSION, user: ADA, roles: Roles::NONE, device: DeviceName::new("Firefox on Linux").ok() }
}

fn session(state: SessionState) -> Session {
    Session::restore(owner(), 2, in_seconds(-900), state)
}

#[derive(Debug, Clone, Copy)]
enum SessionIs {
    Pending,
    PendingExpired,
    New,
    RecentlyRenewed,
    Renewed,
    Idle,
    Expired,
    Ended(EndReason),
}

const STATES: [SessionIs; 9] = [
    SessionIs::Pending,
    SessionIs::PendingExpired,
    SessionIs::New,
    SessionIs::RecentlyRenewed,
    SessionIs::Renewed,
    SessionIs::Idle,
    SessionIs::Expired,
    SessionIs::Ended(EndReason::SignedOut),
    SessionIs::Ended(EndReason::TokenReused),
];

fn former_until(valid_until: OffsetDateTime) -> FormerToken {
    FormerToken { digest: former().digest(), nonce: OLD_NONCE, valid_until }
}

fn active(former: Option<FormerToken>, idle_at: OffsetDateTime, expires_at: OffsetDateTime) -> SessionState {
    SessionState::Active { token: current().digest(), former, used_at: in_seconds(-60), idle_at, expires_at }
}

fn ended(reason: EndReason) -> SessionState {
    SessionState::Ended { reason, ended_at: NOW }
}

fn state(is: SessionIs) -> SessionState {
    let soon = NOW + MOMENT;
    match is {
        SessionIs::Pending => SessionState::Pending { code: current().digest(), expires_at: soon },
        SessionIs::PendingExpired => SessionState::Pending { code: current().digest(), expires_at: NOW },
        SessionIs::New => active(None, soon, soon),
        SessionIs::RecentlyRenewed => active(Some(former_until(soon)), soon, soon),
        SessionIs::Renewed => active(Some(former_until(NOW)), soon, soon),
        SessionIs::Idle => active(Some(former_until(soon)), NOW, soon),
        SessionIs::Expired => active(None, soon, NOW),
        SessionIs::Ended(reason) => ended(reason),
    }
}

fn status(is: SessionIs) -> SessionStatus {
    match is {
        SessionIs::Pending => SessionStatus::Pending,
        SessionIs::New | SessionIs::RecentlyRenewed | SessionIs::Renewed => SessionStatus::Active,
        SessionIs::PendingExpired | SessionIs::Idle | SessionIs::Expired => SessionStatus::Expired,
        SessionIs::Ended(reason) => SessionStatus::Ended(reason),
    }
}

fn rules() -> SessionRules {
    SessionRules { idle: Duration::hours(1), grace: Duration::seconds(30), ..SessionRules::default() }
}

/// Returns the result of a renewal with the current refresh token.
fn replaced() -> Refreshed {
    let state = SessionState::Active {
        token: current().successor(NONCE).digest(),
        former: Some(FormerToken { digest: current().digest(), nonce: NONCE, valid_until: in_seconds(30) }),
        used_at: NOW,
        idle_at: in_seconds(3_600),
        expires_at: NOW + MOMENT,
    };
    Refreshed::Replaced(session(state), current().successor(NONCE))
}

/// Returns the expected results of a renewal with the current, the former and an unknown refresh token; none for a refusal.
fn expected_renewals(is: SessionIs) -> [Option<Refreshed>; 3] {
    let reused = || Some(Refreshed::Reused(session(ended(EndReason::TokenReused))));
    match is {
        SessionIs::New | SessionIs::Renewed => [Some(replaced()), reused(), reused()],
        SessionIs::RecentlyRenewed => [Some(Refreshed::Repeated(current())), Some(Refreshed::Repeated(current())), reused()],
        SessionIs::Pending | SessionIs::PendingExpired | SessionIs::Idle | SessionIs::Expired | SessionIs::Ended(_) => [None, None, None],
    }
}

#[test]
fn sessions_allow_exactly_the_steps_of_the_table() {
    for is in STATES {
        let before = session(state(is));
        assert_eq!(before.status(NOW), status(is), "{is:?}");
        let refused = |step| SessionError { status: status(is), step };
        for (token, expected) in [current(), former(), unknown()].into_iter().zip(expected_renewals(is)) {
            let renewed = before.clone().refresh(&token, NONCE, &rules(), NOW);
            assert_eq!(renewed, expected.ok_or(refused("refresh")), "{is:?}");
        }
        let end = match status(is) {
            SessionStatus::Pending | SessionStatus::Active => Ok(session(ended(EndReason::SignedOut))),
            SessionStatus::Expired | SessionStatus::Ended(_) => Err(refused("end")),
        };
        assert_eq!(before.clone().end(NOW), end, "{is:?}");
        let redeem = |code: &Secret| before.clone().redeem(code, NONCE, None, &rules(), NOW).map(|(_, token)| token);
        let redeemed = if matches!(is, SessionIs::Pending) { Ok(current().successor(NONCE)) } else { Err(refused("redeem")) };
        assert_eq!(redeem(&current()), redeemed, "{is:?}");
        for wrong in [former(), unknown()] {
            assert_eq!(redeem(&wrong), Err(refused("redeem")), "{is:?}");
        }
    }
}

#[test]
fn a_session_lasts_from_its_start_to_the_end_of_its_lifetime_unless_it_is_idle() {
    let rules = SessionRules { idle: Duration::hours(2), lifetime: Duration::hours(3), privileged_lifetime: Duration::hours(1), ..rules() };
    let start = |roles| Session::start(SessionOwner { roles, ..owner() }, 0, &current(), &rules, NOW);
    let operator = Roles { operator: true, ..Roles::NONE };
    assert_eq!(start(Roles::NONE).ends_at(), NOW + Duration::hours(2));
    assert_eq!(start(operator).ends_at(), NOW + Duration::hours(1), "with roles, its lifetime is shorter");
    let at = NOW + Duration::hours(2) - MOMENT;
    let Ok(Refreshed::Replaced(renewed, _)) = start(Roles::NONE).refresh(&current(), NONCE, &rules, at) else { panic!("a renewal") };
    assert_eq!(renewed.ends_at(), NOW + Duration::hours(3), "renewals don't extend its lifetime");
    assert_eq!((renewed.used_at(), renewed.created_at()), (at, NOW));
}

#[test]
fn a_redeemed_code_begins_the_session_on_the_device_with_its_roles() {
    let roles = Roles { scanner: true, ..Roles::NONE };
    let limits = SessionRules { privileged_lifetime: Duration::hours(1), login_code: Duration::MINUTE, ..rules() };
    let pending = Session::pending(SessionOwner { roles, device: None, ..owner() }, 1, &current(), &limits, NOW);
    assert_eq!((pending.status(NOW), pending.ends_at()), (SessionStatus::Pending, in_seconds(60)));
    let device = DeviceName::new("Safari on iPhone").ok();
    let at = in_seconds(59);
    let (begun, token) = pending.redeem(&current(), NONCE, device.clone(), &limits, at).unwrap();
    assert_eq!((begun.owner().roles, &begun.owner().device, begun.ends_at()), (roles, &device, at + Duration::hours(1)));
    let Ok(Refreshed::Replaced(..)) = begun.refresh(&token, NONCE, &limits, at) else { panic!("a renewal with the first token") };
}
