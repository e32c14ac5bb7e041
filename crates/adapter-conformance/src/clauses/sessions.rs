//! Sessions: their rows, races for them, and their pruning.

use application::ports::Prunable;
use domain::decide::{create_login_code, end_session, redeem_login_code, refresh_session, start_session};
use domain::need::Sessions;
use domain::session::{DeviceName, EndReason, Roles, Secret, SessionOwner, SessionState, SessionStatus};
use domain::{Refusal, Session, SessionId, UserId, Version, Versioned};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CYD, CommitOrder, DAN, MOMENT, Winner, World};

fn secret(world: &World) -> Secret {
    Secret::of(world.new_id::<SessionId>().0, world.new_id::<SessionId>().0)
}

fn a_start(world: &World, user: UserId, roles: Roles, device: Option<&str>) -> start_session::Command {
    let device = device.map(|device| DeviceName::new(device).unwrap());
    let owner = SessionOwner { id: world.new_id(), user, roles, device };
    start_session::Command { owner, by_session: None, token: secret(world) }
}

/// Starts a session of `user`, and returns it with its refresh token.
pub(super) async fn started(world: &World, user: UserId) -> (Session, Secret) {
    let signed_in = world.run(&a_start(world, user, Roles::NONE, None)).await.unwrap().outcome;
    (signed_in.session, signed_in.token)
}

fn a_renewal(session: &Session, token: &Secret) -> refresh_session::Command {
    refresh_session::Command { user: session.user(), session: session.id(), token: token.clone(), nonce: session.id().0 }
}

fn an_end(session: &Session) -> end_session::Command {
    end_session::Command { user: session.user(), session: session.id() }
}

async fn renewed(world: &World, session: &Session, token: &Secret) -> start_session::SignedIn {
    match world.run(&a_renewal(session, token)).await.unwrap().outcome {
        refresh_session::Outcome::SignedIn(signed_in) => signed_in,
        refresh_session::Outcome::Reused => panic!("the token was not used before"),
    }
}

/// Creates a login code for `user`, and returns its pending session and the command that redeems it.
async fn a_code(world: &World, user: UserId) -> (Session, redeem_login_code::Command) {
    let code = secret(world);
    let command = create_login_code::Command {
        order: world.an_order(DAN),
        roles: Roles::NONE,
        by_session: None,
        user: Some(user),
        session: world.new_id(),
        code: code.clone(),
    };
    let pending = world.run(&command).await.unwrap().outcome;
    let redemption = redeem_login_code::Command {
        user,
        session: pending.id(),
        code,
        nonce: Uuid::from_u128(7),
        device: DeviceName::new("Ünï on Mac").ok(),
    };
    (pending, redemption)
}

async fn found(world: &World, user: UserId) -> Vec<Versioned<Session>> {
    world.find(Sessions(user)).await
}

/// [`Sessions`]: those of the user, live and ended, also after their deadline.
pub async fn sessions_are_found_by_their_user(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    assert_eq!(found(&world, ADA).await, []);
    let (first, _) = started(&world, ADA).await;
    let (second, _) = started(&world, ADA).await;
    let (bens, _) = started(&world, BEN).await;
    let row = |session: &Session| Versioned::new(Version::FIRST, session.clone());
    assert_eq!((first.slot(), second.slot(), bens.slot()), (0, 1, 0));
    assert_eq!(world.find((Sessions(ADA), Sessions(BEN))).await, (vec![row(&first), row(&second)], vec![row(&bens)]));
    assert_eq!(found(&world, CYD).await, []);
    world.clock.advance(world.rules.sessions.lifetime);
    assert_eq!(found(&world, BEN).await, [row(&bens)]);
    world.assert_audit_is_clean().await;
}

/// `commit`: every property of a session in every state is written, and a session that replaces another one in its slot leaves nothing of it.
pub async fn each_step_of_a_session_is_written_completely(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let written = async |version: i64, session: &Session| {
        assert_eq!(found(&world, session.user()).await, [Versioned::new(Version(version), session.clone())]);
    };
    let roles = Roles { operator: true, cashier: true, scanner: true };
    let started = world.run(&a_start(&world, ADA, roles, Some("\"♫\" on 'Linux'"))).await.unwrap().outcome;
    written(1, &started.session).await;
    world.clock.advance(MOMENT);
    let renewed_once = renewed(&world, &started.session, &started.token).await;
    written(2, &renewed_once.session).await;
    assert!(matches!(renewed_once.session.state(), SessionState::Active { former: Some(_), .. }));
    world.clock.advance(MOMENT);
    world.run(&an_end(&started.session)).await.unwrap();
    let ended = found(&world, ADA).await.remove(0);
    assert_eq!(ended.state(), &SessionState::Ended { reason: EndReason::SignedOut, ended_at: world.now() });
    assert_eq!((ended.version, ended.owner()), (Version(3), started.session.owner()));

    let (pending, redemption) = a_code(&world, ADA).await;
    assert_eq!(pending.slot(), 0, "the session that has ended is replaced");
    written(4, &pending).await;
    let begun = world.run(&redemption).await.unwrap().outcome;
    written(5, &begun.session).await;
    world.clock.advance(world.rules.sessions.grace + MOMENT);
    let renewed = renewed(&world, &begun.session, &begun.token).await;
    written(6, &renewed.session).await;
    world.clock.advance(world.rules.sessions.grace);
    let reused = world.run(&a_renewal(&begun.session, &begun.token)).await.unwrap().outcome;
    assert_eq!(reused, refresh_session::Outcome::Reused);
    let ended = found(&world, ADA).await.remove(0);
    assert_eq!(ended.state(), &SessionState::Ended { reason: EndReason::TokenReused, ended_at: world.now() });
    world.assert_audit_is_clean().await;
}

/// Two sessions that are started at once have different slots: one wins, and the other is decided again.
pub async fn two_sessions_of_one_user_have_different_slots(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 2).await;
        let starts = [None, Some("Firefox on Linux")].map(|device| a_start(&world, ADA, Roles::NONE, device));
        let (_, loser) = world.race(commit_order, &starts[0], &starts[1]).await.winner_and_loser(&starts[0], &starts[1]);
        world.run(loser).await.unwrap();
        assert_eq!(found(&world, ADA).await.iter().map(|session| session.slot()).collect::<Vec<_>>(), [0, 1]);
        world.assert_audit_is_clean().await;
    }
}

/// Sessions that are started at once never exceed the maximum, also if another one is replaced.
pub async fn two_sessions_for_the_last_slot_keep_the_limit(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 2).await;
        let limit = world.rules.sessions.max_per_user;
        for _ in 1..limit {
            started(&world, ADA).await;
            world.pass_seconds(1);
        }
        let starts = [None, None].map(|device| a_start(&world, ADA, Roles::NONE, device));
        let (winner, loser) = world.race(commit_order, &starts[0], &starts[1]).await.winner_and_loser(&starts[0], &starts[1]);
        world.pass_seconds(1);
        world.run(loser).await.unwrap();
        let ids: Vec<_> = found(&world, ADA).await.iter().map(|session| session.id()).collect();
        assert_eq!(ids.len(), usize::from(limit));
        assert!(ids.contains(&winner.owner.id) && ids.contains(&loser.owner.id), "the oldest one is replaced");
        world.assert_audit_is_clean().await;
    }
}

/// Two renewals with one refresh token at once, from two tabs: one wins, and both get the same successor.
pub async fn two_renewals_of_one_session_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 2).await;
        let (session, token) = started(&world, ADA).await;
        let first = a_renewal(&session, &token);
        let second = refresh_session::Command { nonce: Uuid::from_u128(7), ..first.clone() };
        let (winner, loser) = world.race(commit_order, &first, &second).await.winner_and_loser(&first, &second);
        let repeated = world.run(loser).await.unwrap().outcome;
        let refresh_session::Outcome::SignedIn(repeated) = repeated else { panic!("within the grace period") };
        assert_eq!(repeated.token, token.successor(winner.nonce));
        let stored = found(&world, ADA).await.remove(0);
        assert!(matches!(stored.state(), SessionState::Active { token, .. } if *token == repeated.token.digest()));
        assert_eq!(stored.version, Version(2));
        world.assert_audit_is_clean().await;
    }
}

/// A renewal and the end of the session on another device: one wins, and the session has ended after both.
pub async fn a_renewal_and_an_end_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 2).await;
        let (session, token) = started(&world, ADA).await;
        let (renewal, end) = (a_renewal(&session, &token), an_end(&session));
        match world.race(commit_order, &renewal, &end).await {
            Winner::First => _ = world.run(&end).await.unwrap(),
            Winner::Second => assert_eq!(world.run(&renewal).await.unwrap_err(), Refusal::SessionEnded),
        }
        let ended = found(&world, ADA).await.remove(0);
        assert_eq!(ended.status(world.now()), SessionStatus::Ended(EndReason::SignedOut));
        assert_eq!(world.run(&a_renewal(&session, &token.successor(session.id().0))).await.unwrap_err(), Refusal::SessionEnded);
        world.assert_audit_is_clean().await;
    }
}

/// A login code that is redeemed twice at once: one wins, and the other is refused.
pub async fn two_redemptions_of_one_code_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 2).await;
        let (pending, first) = a_code(&world, ADA).await;
        let second = redeem_login_code::Command { nonce: Uuid::from_u128(8), device: None, ..first.clone() };
        let (_, loser) = world.race(commit_order, &first, &second).await.winner_and_loser(&first, &second);
        assert_eq!(world.run(loser).await.unwrap_err(), Refusal::LoginCodeNotValid);
        let stored = found(&world, ADA).await;
        assert_eq!(stored.iter().map(|session| (session.id(), session.version)).collect::<Vec<_>>(), [(pending.id(), Version(2))]);
        world.assert_audit_is_clean().await;
    }
}

/// Prunes sessions that ended before `before`, in one round, and returns their number.
async fn prune(world: &World, before: OffsetDateTime, at_most: u32) -> u64 {
    world.prune_some(Prunable::Sessions { before }, at_most).await.rows
}

/// `prune`: deletes the sessions that ended, or whose deadline passed, before the instant, the earliest first, up to the limit.
pub async fn ended_sessions_are_pruned_by_the_instant_of_their_end(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (ended, _) = started(&world, ADA).await;
    world.run(&an_end(&ended)).await.unwrap();
    let end = world.now();
    let (pending, redemption) = a_code(&world, BEN).await;
    let (live, token) = started(&world, CYD).await;
    let what = |before| Prunable::Sessions { before };
    assert_eq!(prune(&world, end, ALL).await, 0, "a session that ended at the instant itself is kept");
    let backlog = async |before| world.ports.housekeeping.backlog(what(before)).await.unwrap();
    assert_eq!(backlog(end + MOMENT).await, std::time::Duration::from_micros(1));
    assert_eq!(prune(&world, end + MOMENT, ALL).await, 1);
    assert_eq!(backlog(end + MOMENT).await, std::time::Duration::ZERO);
    assert_eq!(found(&world, ADA).await, []);

    assert_eq!(prune(&world, pending.ends_at(), ALL).await, 0);
    assert_eq!(prune(&world, pending.ends_at() + MOMENT, ALL).await, 1, "its code has expired");
    assert_eq!(world.run(&redemption).await.unwrap_err(), Refusal::LoginCodeNotValid);
    world.pass_seconds(60);
    let renewed = renewed(&world, &live, &token).await.session;
    assert_eq!(prune(&world, live.ends_at() + MOMENT, ALL).await, 0, "it was used since");
    assert_eq!(found(&world, CYD).await.len(), 1);
    for _ in 0..2 {
        started(&world, DAN).await;
    }
    world.clock.advance(world.rules.sessions.lifetime);
    assert_eq!(prune(&world, renewed.ends_at() + MOMENT, 2).await, 2, "up to the limit");
    assert_eq!(prune(&world, world.now(), 2).await, 1);
    assert_eq!(prune(&world, world.now(), 2).await, 0);
    world.assert_audit_is_clean().await;
}

/// `prune`: a change of a session that was deleted since its load is a conflict.
pub async fn a_renewal_of_a_pruned_session_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (session, token) = started(&world, ADA).await;
    let change = world.change_of(&a_renewal(&session, &token)).await;
    assert_eq!(prune(&world, session.ends_at() + MOMENT, ALL).await, 1);
    crate::world::assert_conflict(&world.commit(&change).await, "the session was deleted");
    assert_eq!(found(&world, ADA).await, []);
    assert_eq!(started(&world, ADA).await.0.slot(), 0, "its slot is free");
    world.assert_audit_is_clean().await;
}

/// `prune`: a registration is kept while it has a session, and deleted after it.
pub async fn a_registration_is_kept_while_it_has_a_session(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let registration = world.a_registration("Ada Lovelace", None);
    world.run(&registration).await.unwrap();
    let (session, _) = started(&world, registration.user).await;
    world.run(&an_end(&session)).await.unwrap();
    let later = world.now() + MOMENT;
    let prune_users = async || world.prune_some(Prunable::Users { before: later }, ALL).await.rows;
    assert_eq!(prune_users().await, 0, "its session exists");
    assert_eq!(prune_users().await, 0);
    assert_eq!(prune(&world, later, ALL).await, 1);
    assert_eq!(prune_users().await, 1);
    assert!(world.ports.users.user(registration.user).await.unwrap().is_none());
    world.assert_audit_is_clean().await;
}
