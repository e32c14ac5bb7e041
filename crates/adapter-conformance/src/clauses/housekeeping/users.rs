//! Pruning of registrations that were never used.

use application::PageRequest;
use application::ports::Prunable;
use domain::decide::admission::Pass;
use domain::{NamePrefix, Queue, Refusal, UserId};
use time::{Duration, OffsetDateTime};

use crate::Adapter;
use crate::world::{ADA, ALL, MOMENT, SCHEDULE, World, assert_conflict, guest};

/// Prunes unused users created before `before`, in one round, and returns their number.
async fn prune(world: &World, before: OffsetDateTime, at_most: u32) -> u64 {
    world.prune_some(Prunable::Users { before }, at_most).await.rows
}

fn later(world: &World) -> OffsetDateTime {
    world.now() + MOMENT
}

async fn registered(world: &World, name: &str) -> UserId {
    let registration = world.a_registration(name, None);
    world.run(&registration).await.unwrap();
    registration.user
}

async fn exists(world: &World, user: UserId) -> bool {
    let exists = world.ports.users.user(user).await.unwrap().is_some();
    assert_eq!(world.ports.wallets.wallet(user).await.unwrap().is_some(), exists, "the wallet");
    exists
}

async fn found(world: &World, name: &str) -> Vec<UserId> {
    let page = PageRequest { after: None, size: ALL };
    let users = world.ports.admin.users(Some(NamePrefix::new(name).unwrap()), page).await.unwrap();
    users.into_iter().map(|user| user.id).collect()
}

/// `prune`: deletes registrations before the instant that were never used, with their wallets and search keys.
pub async fn unused_registrations_are_pruned_by_the_instant_of_their_creation(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let first = registered(&world, "Ada Lovelace").await;
    world.clock.advance(MOMENT);
    let second = registered(&world, "Ada Byron").await;
    let created = world.now();
    assert_eq!(prune(&world, created - MOMENT, ALL).await, 0, "a registration at the instant itself is kept");
    assert_eq!(prune(&world, created, ALL).await, 1);
    assert!(!exists(&world, first).await && exists(&world, second).await);
    assert_eq!((found(&world, "Ada").await, found(&world, "Lovelace").await), (vec![second], vec![]));
    world.assert_audit_is_clean().await;
    assert_eq!(prune(&world, created + MOMENT, ALL).await, 1);
    assert_eq!(found(&world, "Ada").await, []);
    assert_eq!(prune(&world, created + MOMENT, ALL).await, 0);
    world.assert_audit_is_clean().await;
}

/// `prune`: keeps users without a name, those of external issuers, also if no row refers to them.
pub async fn users_of_external_issuers_are_kept(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let token = world.joined(ADA).await;
    world.left(ADA, token).await;
    assert_eq!(world.prune_some(Prunable::Tokens { before: later(&world) }, ALL).await.rows, 1);
    assert_eq!(prune(&world, world.now() + Duration::days(400), ALL).await, 0);
    assert!(exists(&world, ADA).await);
    world.assert_audit_is_clean().await;
}

/// `prune`: keeps a registration with a wallet entry, a token or a reservation, and deletes it after the last of its tokens and reservations
/// was deleted; wallet entries stay. A round may find only users that are kept, while there are more to prune.
pub async fn a_registration_is_kept_while_it_is_used(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let mut users = Vec::new();
    for name in ["charged", "buyer", "waiting", "left", "released", "unused"] {
        users.push(registered(&world, name).await);
    }
    let [charged, buyer, waiting, left, released, unused] = users[..] else { unreachable!() };
    world.charged(charged, 5).await;
    world.bought(buyer, SCHEDULE, &[1]).await;
    let pass = world.admitted(released).await;
    let hold = world.held(pass, SCHEDULE, &[2]).await;
    world.released(released, hold.id()).await;
    world.left(released, hold.token()).await;
    let token = world.joined(left).await;
    world.left(left, token).await;
    world.joined(waiting).await;
    world.pass_seconds(3_600);

    let mut rounds = vec![world.prune_some(Prunable::Users { before: later(&world) }, 1).await];
    while rounds.last().is_some_and(|round| round.more) {
        assert!(rounds.len() < 20, "pruning doesn't end: {rounds:?}");
        rounds.push(world.prune_some(Prunable::Users { before: later(&world) }, 1).await);
    }
    assert_eq!(rounds.iter().map(|round| round.rows).sum::<u64>(), 1, "only the unused registration");
    assert!(!exists(&world, unused).await);
    world.assert_audit_is_clean().await;

    assert_eq!(world.prune_some(Prunable::Tokens { before: later(&world) }, ALL).await.rows, 1, "the token without a reservation");
    assert_eq!(prune(&world, later(&world), ALL).await, 1);
    assert!(!exists(&world, left).await);
    assert_eq!(world.prune_some(Prunable::Reservations { before: later(&world) }, ALL).await.rows, 1);
    assert_eq!(prune(&world, later(&world), ALL).await, 0, "the token of the deleted reservation still exists");
    assert_eq!(world.prune_some(Prunable::Tokens { before: later(&world) }, ALL).await.rows, 1);
    assert_eq!(prune(&world, later(&world), ALL).await, 1);
    assert!(!exists(&world, released).await);
    world.assert_audit_is_clean().await;

    for user in [charged, buyer, waiting] {
        assert!(exists(&world, user).await);
    }
    let live = world.joined(waiting).await;
    world.left(waiting, live).await;
    world.tick(Queue::DEFAULT).await;
    assert_eq!(world.prune_some(Prunable::Tokens { before: later(&world) }, ALL).await.rows, 1);
    assert_eq!(prune(&world, later(&world), ALL).await, 1, "the user who waited");
    assert!(exists(&world, charged).await && exists(&world, buyer).await && !exists(&world, waiting).await);
    world.assert_audit_is_clean().await;
}

/// `prune`: deletes up to `at_most` users, the oldest first, and reports whether there may be more.
pub async fn at_most_the_requested_users_are_pruned(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let mut users = Vec::new();
    for _ in 0..5 {
        users.push(registered(&world, "Ada").await);
        world.clock.advance(MOMENT);
    }
    let mut rounds = Vec::new();
    for at_most in [0, 2, 2, 2] {
        let pruned = world.prune_some(Prunable::Users { before: later(&world) }, at_most).await;
        users.drain(..usize::try_from(pruned.rows).unwrap());
        let mut left = found(&world, "Ada").await;
        left.sort_unstable();
        assert_eq!(left, users);
        rounds.push(pruned.rows);
        world.assert_audit_is_clean().await;
    }
    assert_eq!(rounds, [0, 2, 2, 1]);
}

/// `prune`: a charge that was decided before the deletion of the user is a conflict; one that was committed keeps the user.
pub async fn a_charge_of_a_pruned_user_is_a_conflict(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (unused, charged) = (registered(&world, "Ada").await, registered(&world, "Ben").await);
    let (late, early) = (world.a_charge_for(guest(9), unused, 5), world.a_charge_for(guest(9), charged, 5));
    let (late_change, early_change) = (world.change_of(&late).await, world.change_of(&early).await);
    world.commit(&early_change).await.unwrap();
    assert_eq!(prune(&world, later(&world), ALL).await, 1);
    assert!(!exists(&world, unused).await && exists(&world, charged).await);
    world.track([&late_change]);
    let before = world.everything().await;
    assert_conflict(&world.commit(&late_change).await, "the wallet is deleted");
    assert_eq!(world.everything().await, before);
    assert_eq!(world.run(&late).await.unwrap_err(), Refusal::NotFound);
    assert_eq!(world.balance(charged).await, 5);
    world.assert_audit_is_clean().await;
}

/// `prune`: a user whose registration is deleted may use the service again as a user of an external issuer does.
pub async fn a_pruned_user_can_join(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let user = registered(&world, "Ada").await;
    assert_eq!(prune(&world, later(&world), ALL).await, 1);
    let pass: Pass = world.admitted(user).await;
    world.held(pass, SCHEDULE, &[1]).await;
    assert_eq!(world.ports.users.user(user).await.unwrap().unwrap().name, None);
    world.assert_audit_is_clean().await;
}
