//! Pruning of tokens.

use application::ports::{Prunable, Tokens};
use domain::{CancelReason, Queue, ReservationState, TokenId};
use time::{Duration, OffsetDateTime};

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CYD, DAN, MOMENT, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, World, guest};

/// Prunes tokens that ended before `before`, in one round, and returns their number.
async fn prune(world: &World, before: OffsetDateTime, at_most: u32) -> u64 {
    world.prune_some(Prunable::Tokens { before }, at_most).await.rows
}

async fn exists(tokens: &dyn Tokens, id: TokenId) -> bool {
    !tokens.tokens(&[id]).await.unwrap().is_empty()
}

/// `prune`: deletes the tokens that ended before the instant, however they ended.
pub async fn ended_tokens_are_pruned_by_the_instant_of_their_end(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let left_while_waiting = world.joined(ADA).await;
    world.left(ADA, left_while_waiting).await;
    let unclaimed = world.admitted(BEN).await.token.unwrap();
    let cyd = world.admitted(CYD).await;
    world.claimed(cyd).await;
    let left_while_active = world.admitted(DAN).await.token.unwrap();
    world.left(DAN, left_while_active).await;
    let early = world.now();
    world.pass_seconds(3_600);
    world.tick(Queue::DEFAULT).await;
    let (after_two_minutes, after_ten) = (early + world.rules.queue.claim, early + world.rules.queue.active);

    assert_eq!(prune(&world, early, ALL).await, 0, "tokens that ended at the instant itself are kept");
    assert_eq!(prune(&world, early + MOMENT, ALL).await, 2, "the tokens that users left");
    assert!(!exists(&*world.ports.tokens, left_while_waiting).await && !exists(&*world.ports.tokens, left_while_active).await);
    assert!(exists(&*world.ports.tokens, unclaimed).await && exists(&*world.ports.tokens, cyd.token.unwrap()).await);
    assert_eq!(prune(&world, after_two_minutes, ALL).await, 0, "by its row the token ended at its deadline");
    assert_eq!(prune(&world, after_two_minutes + MOMENT, ALL).await, 1);
    assert!(!exists(&*world.ports.tokens, unclaimed).await && exists(&*world.ports.tokens, cyd.token.unwrap()).await);
    assert_eq!(prune(&world, after_ten, ALL).await, 0);
    assert_eq!(prune(&world, world.now(), ALL).await, 1);
    assert!(!exists(&*world.ports.tokens, cyd.token.unwrap()).await);
    assert_eq!(prune(&world, world.now(), ALL).await, 0);
    world.assert_audit_is_clean().await;
}

/// `prune`: keeps a token that is live by its row, waiting, active or lapsed.
pub async fn a_live_token_is_never_pruned(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let lapsed = world.admitted(ADA).await.token.unwrap();
    world.pass_seconds(3_600);
    let waiting = world.join(BEN, Some(OTHER_CONCERT)).await.id();
    let recent = world.joined(CYD).await;
    assert_eq!(prune(&world, world.now() + Duration::days(400), ALL).await, 0);
    let before = world.everything().await;
    for token in [lapsed, waiting, recent] {
        assert!(world.token(token).await.is_live());
    }
    assert_eq!(prune(&world, world.now() + Duration::days(400), ALL).await, 0);
    assert_eq!(world.everything().await, before);
    world.assert_audit_is_clean().await;
}

/// `prune`: keeps a token under which a reservation was made, in any state of the reservation.
pub async fn a_token_with_a_reservation_is_kept(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let (sold, _) = world.bought(guest(10), SCHEDULE, &[1]).await;
    let (refunded, payment) = world.bought(guest(11), SCHEDULE, &[2]).await;
    world.refunded(guest(11), payment.id()).await;
    let released = world.admitted(guest(12)).await;
    let released = world.held(released, SCHEDULE, &[3]).await;
    world.released(released.user(), released.id()).await;
    world.left(released.user(), released.token()).await;
    let lapsed = world.held(world.admitted(guest(13)).await, SCHEDULE, &[4]).await;
    let released_by_leave = world.held(world.admitted(guest(14)).await, SCHEDULE, &[5]).await;
    world.left(released_by_leave.user(), released_by_leave.token()).await;
    let unused = world.joined(guest(15)).await;
    world.left(guest(15), unused).await;
    world.pass_seconds(3_600);
    world.sweep().await;
    world.tick(Queue::DEFAULT).await;

    let before = world.now() + Duration::days(400);
    // A round may find only tokens that are kept, while there are more to prune.
    let mut rounds = vec![world.prune_some(Prunable::Tokens { before }, 1).await];
    while rounds.last().is_some_and(|round| round.more) {
        assert!(rounds.len() < 20, "pruning doesn't end: {rounds:?}");
        rounds.push(world.prune_some(Prunable::Tokens { before }, 1).await);
    }
    assert_eq!(rounds.iter().map(|round| round.rows).sum::<u64>(), 1, "only the token without a reservation");
    assert!(!exists(&*world.ports.tokens, unused).await);
    assert_eq!(prune(&world, before, ALL).await, 0);
    let mut reasons = Vec::new();
    for reservation in [sold, refunded, released, lapsed, released_by_leave] {
        assert!(!world.token(reservation.token()).await.is_live());
        reasons.push(match world.ports.reservations.reservation(reservation.id()).await.unwrap().unwrap().state() {
            ReservationState::Cancelled { reason, .. } => Some(reason),
            ReservationState::Held | ReservationState::Confirmed { .. } => None,
        });
    }
    let [refunded, released, expired] = [CancelReason::Refunded, CancelReason::Released, CancelReason::Expired].map(Some);
    assert_eq!(reasons, [None, refunded, released, expired, released]);
    world.assert_audit_is_clean().await;
}

/// `prune`: deletes up to `at_most` tokens.
pub async fn at_most_the_requested_tokens_are_pruned(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for user in 0..8 {
        let concert = (user % 2 == 0).then_some(OTHER_CONCERT);
        let token = world.join(guest(10 + user), concert).await;
        world.left(token.user(), token.id()).await;
    }
    let later = world.now() + MOMENT;
    let mut pruned = Vec::new();
    for at_most in [0, 3, 3, 3, 3] {
        pruned.push(prune(&world, later, at_most).await);
        world.assert_audit_is_clean().await;
    }
    assert_eq!(pruned, [0, 3, 3, 2, 0]);
}

/// `prune`: numbers of deleted tokens are not reused, even the last ones; the users of deleted tokens can join again.
pub async fn the_number_of_a_pruned_token_is_not_reused(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let waits = world.join(BEN, Some(OTHER_CONCERT)).await;
    for number in [2, 3, 4] {
        let token = world.join(ADA, Some(OTHER_CONCERT)).await;
        assert_eq!((token.number(), token.queue()), (number, OTHER_QUEUE));
        world.left(ADA, token.id()).await;
        assert_eq!(prune(&world, world.now() + MOMENT, ALL).await, 1);
        world.assert_audit_is_clean().await;
    }
    let again = world.join(ADA, Some(OTHER_CONCERT)).await;
    assert_eq!(again.number(), 5);
    assert_eq!(world.join(CYD, None).await.number(), 1, "another queue has its own numbers");
    let numbers = |tokens: Vec<domain::Versioned<domain::QueueToken>>| tokens.iter().map(|token| token.number()).collect::<Vec<_>>();
    assert_eq!(numbers(world.ports.tokens.live(OTHER_QUEUE, 0, ALL).await.unwrap()), [1, 5]);

    world.left(BEN, waits.id()).await;
    world.left(ADA, again.id()).await;
    assert_eq!(prune(&world, world.now() + MOMENT, ALL).await, 2, "no token is left");
    world.assert_audit_is_clean().await;
    assert_eq!(world.join(BEN, Some(OTHER_CONCERT)).await.number(), 6);
    world.assert_audit_is_clean().await;
}
