//! Pruning of reservations that ended without a payment, and of the tokens that they kept.

use application::ports::Prunable;
use domain::reservation::ReservationStatus;
use domain::{Queue, Reservation, TokenId};
use time::{Duration, OffsetDateTime};

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CYD, MOMENT, SCHEDULE, World, guest};

/// Prunes reservations with deadlines before `before`, in one round, and returns their number.
async fn prune(world: &World, before: OffsetDateTime, at_most: u32) -> u64 {
    world.prune_some(Prunable::Reservations { before }, at_most).await.rows
}

async fn prune_tokens(world: &World) -> u64 {
    world.prune_some(Prunable::Tokens { before: far_future(world) }, ALL).await.rows
}

fn far_future(world: &World) -> OffsetDateTime {
    world.now() + Duration::days(400)
}

async fn token_exists(world: &World, token: TokenId) -> bool {
    !world.ports.tokens.tokens(&[token]).await.unwrap().is_empty()
}

async fn exists(world: &World, reservation: &Reservation) -> bool {
    let listed =
        world.ports.reservations.reservations(reservation.user(), application::PageRequest { after: None, size: ALL }).await.unwrap();
    let is_listed = listed.iter().any(|listed| listed.id() == reservation.id());
    assert_eq!(world.ports.reservations.reservation(reservation.id()).await.unwrap().is_some(), is_listed);
    is_listed
}

/// `prune`: deletes the reservations that expired or were released, by their deadlines; their seats are available to others.
pub async fn unpaid_reservations_are_pruned_by_their_deadlines(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let expired = world.held(world.admitted(ADA).await, SCHEDULE, &[1, 2]).await;
    world.pass_seconds(10);
    let released = world.held(world.admitted(BEN).await, SCHEDULE, &[3]).await;
    world.released(BEN, released.id()).await;
    world.pass_seconds(3_600);
    world.sweep().await;

    assert_eq!(prune(&world, expired.expires_at(), ALL).await, 0, "a deadline at the instant itself is kept");
    assert_eq!(prune(&world, expired.expires_at() + MOMENT, ALL).await, 1);
    assert!(!exists(&world, &expired).await && exists(&world, &released).await);
    assert_eq!(prune(&world, released.expires_at(), ALL).await, 0, "the deadline counts, not the release");
    assert_eq!(prune(&world, released.expires_at() + MOMENT, ALL).await, 1);
    assert!(!exists(&world, &released).await);
    assert_eq!(prune(&world, far_future(&world), ALL).await, 0);
    world.assert_audit_is_clean().await;
    world.held(world.admitted(CYD).await, SCHEDULE, &[1, 2, 3]).await;
    world.assert_audit_is_clean().await;
}

/// `prune`: keeps reservations that are held by their rows, lapsed or not, and reservations that were ever paid.
pub async fn held_and_paid_reservations_are_kept(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let (_, payment) = world.bought(guest(10), SCHEDULE, &[1]).await;
    world.refunded(guest(10), payment.id()).await;
    world.bought(guest(11), SCHEDULE, &[2]).await;
    let lapsed = world.held(world.admitted(guest(12)).await, SCHEDULE, &[3]).await;
    world.pass_seconds(3_600);
    let held = world.held(world.admitted(guest(13)).await, SCHEDULE, &[4]).await;
    let before = world.everything().await;
    assert_eq!(prune(&world, far_future(&world), ALL).await, 0);
    assert_eq!(world.everything().await, before);
    assert!(exists(&world, &lapsed).await && exists(&world, &held).await);
    world.assert_audit_is_clean().await;
}

/// `prune`: deletes up to `at_most` reservations, the earliest deadlines first, and reports whether there may be more.
pub async fn at_most_the_requested_reservations_are_pruned(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let mut reservations = Vec::new();
    for seat in 1..=5 {
        let hold = world.held(world.admitted(guest(10 + u128::from(seat))).await, SCHEDULE, &[seat]).await;
        world.released(hold.user(), hold.id()).await;
        reservations.push(hold);
        world.pass_seconds(1);
    }
    let mut rounds = Vec::new();
    for at_most in [2, 2, 2] {
        let pruned = world.prune_some(Prunable::Reservations { before: far_future(&world) }, at_most).await;
        rounds.push((pruned.rows, pruned.more));
        world.assert_audit_is_clean().await;
        let deleted = usize::try_from(rounds.iter().map(|(rows, _)| rows).sum::<u64>()).unwrap();
        for (index, reservation) in reservations.iter().enumerate() {
            assert_eq!(exists(&world, reservation).await, index >= deleted, "{index} after {rounds:?}");
        }
    }
    assert_eq!(rounds, [(2, true), (2, true), (1, false)]);
    assert_eq!(prune(&world, far_future(&world), 0).await, 0);
}

/// `prune`: deletes a token once its last reservation is deleted, whether or not the token was checked before.
pub async fn a_token_is_pruned_after_its_last_reservation(adapter: &dyn Adapter) {
    for is_checked in [false, true] {
        let world = World::with_halls(adapter, 6).await;
        let pass = world.admitted(ADA).await;
        let token = pass.token.unwrap();
        let mut holds = Vec::new();
        for seat in [1, 2] {
            let hold = world.held(pass, SCHEDULE, &[seat]).await;
            world.released(ADA, hold.id()).await;
            holds.push(hold);
            world.pass_seconds(10);
        }
        world.left(ADA, token).await;
        if is_checked {
            assert_eq!(prune_tokens(&world).await, 0, "two reservations name the token");
        }
        assert_eq!(prune(&world, holds[0].expires_at() + MOMENT, ALL).await, 1);
        assert_eq!(prune_tokens(&world).await, 0, "one reservation names the token");
        assert!(token_exists(&world, token).await);
        assert_eq!(prune(&world, holds[1].expires_at() + MOMENT, ALL).await, 1);
        assert!(token_exists(&world, token).await, "tokens are a kind of their own");
        assert_eq!(prune_tokens(&world).await, 1, "no reservation names the token");
        assert!(!token_exists(&world, token).await);
        world.assert_audit_is_clean().await;
        assert_eq!(world.join(ADA, None).await.number(), 2, "its number is not reused");
        world.assert_audit_is_clean().await;
    }
}

/// `prune`: keeps a token with another reservation that stays: a paid one, or one that is still held by its row.
pub async fn a_token_with_a_reservation_that_stays_is_kept(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let (buyer, holder) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let mut holds = Vec::new();
    for (pass, seat) in [(buyer, 1), (holder, 2)] {
        let hold = world.held(pass, SCHEDULE, &[seat]).await;
        world.released(pass.user, hold.id()).await;
        holds.push(world.held(pass, SCHEDULE, &[seat + 2]).await);
    }
    world.charged(ADA, holds[0].amount().minor()).await;
    world.paid(buyer, holds[0].id()).await;
    world.pass_seconds(3_600);
    world.tick(Queue::DEFAULT).await;
    assert_eq!(prune_tokens(&world).await, 0);
    assert_eq!(prune(&world, far_future(&world), ALL).await, 2, "the released reservations");
    assert_eq!(prune_tokens(&world).await, 0);
    world.assert_audit_is_clean().await;
    let lapsed = world.ports.reservations.reservation(holds[1].id()).await.unwrap().unwrap();
    let schedule = world.schedule(SCHEDULE).await.unwrap();
    assert!(matches!(lapsed.status(schedule.at(world.now())), ReservationStatus::Cancelled(_)), "lapsed: {lapsed:?}");
    world.sweep().await;
    assert_eq!((prune(&world, far_future(&world), ALL).await, prune_tokens(&world).await), (1, 1), "only the buyer's rows stay");
    world.assert_audit_is_clean().await;
}
