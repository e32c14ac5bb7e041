//! Sessions: their start, their login codes, their renewal, their end, and their limit.

use domain::audit_entry::{Action, Subject};
use domain::decide::{create_login_code, end_session, redeem_login_code, refresh_session, start_session};
use domain::session::{EndReason, Roles, Secret, SessionOwner, SessionStatus};
use domain::{AuditEntry, Change, Refusal, Session, SessionId, UserId, Write};
use time::Duration;
use uuid::Uuid;

use crate::fixtures::*;

const OPERATOR: Roles = Roles { operator: true, cashier: false, scanner: false };

const fn session_id(number: u64) -> SessionId {
    SessionId(Uuid::from_u64_pair(10, number))
}

fn token(number: u8) -> Secret {
    Secret([number; 32])
}

fn a_start(number: u64) -> start_session::Command {
    let owner = SessionOwner { id: session_id(number), user: ADA, roles: Roles::NONE, device: None };
    start_session::Command { owner, by_session: None, token: token(1) }
}

fn a_code(user: Option<UserId>, roles: Roles) -> create_login_code::Command {
    create_login_code::Command { order: an_order(), roles, by_session: None, user, session: session_id(1), code: token(1) }
}

/// Returns Ada's session `number` in `slot`, started `age` seconds ago, at a version of its own.
fn a_session(number: u64, slot: u8, age: i64) -> domain::Versioned<Session> {
    let session = Session::start(a_start(number).owner, slot, &token(1), &rules().sessions, in_seconds(-age));
    domain::Versioned::new(domain::Version(900 + i64::from(slot)), session)
}

fn with(sessions: impl IntoIterator<Item = domain::Versioned<Session>>) -> Fixture {
    sessions.into_iter().fold(Fixture::at(NOW), Fixture::with_session)
}

/// Returns the slot and the expected version of the session that a start in these sessions writes.
fn slot_of_a_start(fixture: &Fixture) -> (u8, Option<i64>) {
    let change = change_of(decided(fixture, &a_start(9)));
    let writes = written::<Session>(&change);
    let [write] = &writes[..] else { panic!("one session: {writes:?}") };
    assert_eq!((write.row.id(), change.writes.len()), (session_id(9), 1));
    (write.row.slot(), write.expected.map(|version| version.0))
}

#[test]
fn a_session_takes_the_first_free_slot_or_that_of_the_session_not_used_for_the_longest_time() {
    assert_eq!(slot_of_a_start(&with([])), (0, None));
    assert_eq!(slot_of_a_start(&with([a_session(1, 0, 9), a_session(3, 2, 9)])), (1, None));
    let full = [a_session(1, 0, 8), a_session(2, 1, 9), a_session(3, 2, 7)];
    assert_eq!(slot_of_a_start(&with(full.clone())), (1, Some(901)), "at the limit of three");
    let ended = full[2].clone().with(|session| session.end(NOW).unwrap());
    assert_eq!(slot_of_a_start(&with([full[0].clone(), full[1].clone(), ended])), (2, Some(902)), "a session that has ended");
    let idle = rules().sessions.idle.whole_seconds();
    assert_eq!(slot_of_a_start(&with([full[0].clone(), a_session(2, 1, idle), full[2].clone()])), (1, Some(901)), "an idle one");
    let pending = Session::pending(a_start(3).owner, 2, &token(1), &rules().sessions, NOW);
    let pending = domain::Versioned::new(domain::Version(902), pending);
    assert_eq!(slot_of_a_start(&with([full[0].clone(), full[1].clone(), pending])), (2, Some(902)), "one that has not begun");
    let above = a_session(4, 3, 99);
    assert_eq!(slot_of_a_start(&with(full.into_iter().chain([above]))), (1, Some(901)), "sessions above the limit stay");
}

#[test]
fn an_access_token_of_a_session_begins_no_other_session() {
    let by_session = Some(session_id(7));
    assert_eq!(refusal_of(decided(&with([]), &start_session::Command { by_session, ..a_start(1) })), Refusal::SessionNotAllowed);
    let code = create_login_code::Command { by_session, ..a_code(Some(ADA), OPERATOR) };
    assert_eq!(refusal_of(decided(&with([]), &code)), Refusal::SessionNotAllowed);
}

#[test]
fn a_login_code_gives_no_more_roles_than_its_creator_has_and_is_recorded() {
    for (user, expected_user, expected_roles) in [(Some(ADA), ADA, Roles::NONE), (None, BEN, OPERATOR), (Some(BEN), BEN, OPERATOR)] {
        let (session, change) = outcome_of(decided(&with([]), &a_code(user, OPERATOR)));
        assert_eq!((session.user(), session.owner().roles, session.status(NOW)), (expected_user, expected_roles, SessionStatus::Pending));
        assert_eq!(session.ends_at(), NOW + rules().sessions.login_code);
        let entry = an_order().audit_entry(Action::SignIn, Subject::User(expected_user), vec![], NOW);
        let expected =
            Change { writes: vec![Write::insert(session).into(), Write::<AuditEntry>::insert(entry).into()], ..Change::default() };
        assert_eq!(change.map(in_order), Some(in_order(expected)));
    }
}

#[test]
fn a_login_code_is_redeemed_once_before_it_expires() {
    let pending = outcome_of(decided(&with([]), &a_code(Some(ADA), OPERATOR))).0;
    let pending = domain::Versioned::new(domain::Version(1), pending);
    let redemption =
        redeem_login_code::Command { user: ADA, session: session_id(1), code: token(1), nonce: Uuid::from_u128(5), device: None };
    let (begun, change) = outcome_of(decided(&with([pending.clone()]), &redemption));
    assert_eq!((begun.session.status(NOW), &begun.token), (SessionStatus::Active, &token(1).successor(redemption.nonce)));
    let change = change.unwrap();
    assert_eq!(change.not_after, Some(pending.ends_at()));
    assert_eq!(written(&change), [Write::update(&pending, begun.session.clone())]);
    let begun = domain::Versioned::new(domain::Version(2), begun.session);
    for (fixture, why) in [(with([begun]), "it was redeemed"), (with([]), "unknown"), (with([a_session(1, 0, 5)]), "not a code")] {
        assert_eq!(refusal_of(decided(&fixture, &redemption)), Refusal::LoginCodeNotValid, "{why}");
    }
    for wrong in [
        redeem_login_code::Command { code: token(2), ..redemption.clone() },
        redeem_login_code::Command { session: session_id(2), ..redemption.clone() },
        redeem_login_code::Command { user: BEN, ..redemption.clone() },
    ] {
        assert_eq!(refusal_of(decided(&with([pending.clone()]), &wrong)), Refusal::LoginCodeNotValid);
    }
}

#[test]
fn a_renewal_replaces_the_refresh_token_and_a_former_one_ends_the_session() {
    let old = a_session(1, 0, 60);
    let renewal = refresh_session::Command { user: ADA, session: session_id(1), token: token(1), nonce: Uuid::from_u128(5) };
    let (outcome, change) = outcome_of(decided(&with([old.clone()]), &renewal));
    let refresh_session::Outcome::SignedIn(renewed) = outcome else { panic!("a renewal") };
    let change = change.unwrap();
    assert_eq!(written(&change), [Write::update(&old, renewed.session.clone())]);
    assert_eq!((change.not_after, change.writes.len()), (Some(old.ends_at()), 1), "nothing else of the user is touched");

    let stored = domain::Versioned::new(domain::Version(7), renewed.session);
    let at = |seconds| Fixture::at(in_seconds(seconds)).with_session(stored.clone());
    let (repeated, change) = outcome_of(decided(&at(29), &renewal));
    assert!(matches!(repeated, refresh_session::Outcome::SignedIn(again) if again.token == renewed.token), "the same successor");
    assert_eq!(change, None);
    let (reused, change) = outcome_of(decided(&at(30), &renewal));
    assert_eq!(reused, refresh_session::Outcome::Reused);
    let ended = row_of::<Session>(&change.unwrap()).unwrap();
    assert_eq!(ended.status(NOW), SessionStatus::Ended(EndReason::TokenReused));
}

#[test]
fn a_session_that_has_ended_or_does_not_exist_is_not_renewed() {
    let renewal = refresh_session::Command { user: ADA, session: session_id(1), token: token(1), nonce: Uuid::from_u128(5) };
    let ended = a_session(1, 0, 60).with(|session| session.end(NOW).unwrap());
    let idle = a_session(1, 0, rules().sessions.idle.whole_seconds());
    for fixture in [with([]), with([a_session(2, 0, 60)]), with([ended]), with([idle])] {
        assert_eq!(refusal_of(decided(&fixture, &renewal)), Refusal::SessionEnded);
    }
}

#[test]
fn a_user_ends_a_session_once_and_no_other_users_session() {
    let (old, end) = (a_session(1, 0, 60), end_session::Command { user: ADA, session: session_id(1) });
    let change = change_of(decided(&with([old.clone()]), &end));
    let ended = old.row.clone().end(NOW).unwrap();
    assert_eq!(written(&change), [Write::update(&old, ended.clone())]);
    let again = Fixture::at(NOW + Duration::SECOND).with_session(domain::Versioned::new(domain::Version(2), ended));
    assert_eq!(outcome_of(decided(&again, &end)).1, None);
    for unknown in [end_session::Command { user: BEN, ..end }, end_session::Command { session: session_id(2), ..end }] {
        assert_eq!(refusal_of(decided(&with([old.clone()]), &unknown)), Refusal::NotFound);
    }
}
