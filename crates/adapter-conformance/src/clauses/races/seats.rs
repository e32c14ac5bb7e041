//! Races for seats.

use domain::decide::admission::Pass;
use domain::decide::exchange;
use domain::reservation::ReservationStatus;
use domain::{CancelReason, ExpiryReason, Operation, Refusal, ReservationId, ReservationState, SeatStatus};

use crate::Adapter;
use crate::world::{
    ADA, BEN, CYD, CommitOrder, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, Winner, World, assert_committed,
    reservation_in, seat_number,
};

/// P1: two holds of one seat: one wins, the other is refused because the seat is held.
pub async fn two_holds_of_one_seat_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
        let (adas, bens) = (world.a_hold(ada, SCHEDULE, &[1, 2]), world.a_hold(ben, SCHEDULE, &[2, 3]));
        let outcome = world.race(commit_order, &adas, &bens).await;
        let (winner, loser) = outcome.winner_and_loser(adas, bens);
        assert_eq!(world.seats(SCHEDULE, &[2]).await[0].reservation(), Some(winner.id));
        let refusal = world.run(&loser).await.unwrap_err();
        assert_eq!(refusal, Refusal::SeatsUnavailable(vec![(seat_number(2), SeatStatus::Held)]));
        assert_eq!(world.ports.reservations.reservation(loser.id).await.unwrap(), None);
        world.assert_audit_is_clean().await;
    }
}

/// P1: two holds that both take over one lapsed hold: one wins, even if they request different seats of it.
pub async fn two_takeovers_of_one_lapsed_hold_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let lapsed = world.admitted(CYD).await;
        world.held(lapsed, SCHEDULE, &[1, 2]).await;
        world.pass_seconds(300);
        let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
        let (adas, bens) = (world.a_hold(ada, SCHEDULE, &[1]), world.a_hold(ben, SCHEDULE, &[2]));
        let outcome = world.race(commit_order, &adas, &bens).await;
        let (winner, loser) = outcome.winner_and_loser(adas, bens);
        world.run(&loser).await.unwrap();
        let taken = world.seats(SCHEDULE, &[1, 2]).await;
        let both = [taken[0].reservation(), taken[1].reservation()];
        assert!(both.contains(&Some(winner.id)) && both.contains(&Some(loser.id)));
        world.assert_audit_is_clean().await;
    }
}

/// P1: a hold that takes over a lapsed hold, and a sweep that ends it: one wins.
pub async fn a_takeover_and_a_sweep_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let lapsed = world.admitted(CYD).await;
        let old = world.held(lapsed, SCHEDULE, &[1, 2]).await;
        world.pass_seconds(300);
        let ada = world.admitted(ADA).await;
        let hold = world.a_hold(ada, SCHEDULE, &[2, 3]);
        let (takeover, sweep) = (world.change_of(&hold).await, world.changes_of_sweep().await.remove(0));
        if world.assert_one_wins(commit_order, &takeover, &sweep).await == Winner::Second {
            world.run(&hold).await.unwrap();
        }
        let ended = world.ports.reservations.reservation(old.id()).await.unwrap().unwrap();
        assert_eq!(ended.state(), ReservationState::Cancelled { reason: CancelReason::Expired, payment: None });
        assert_eq!(
            world.seats(SCHEDULE, &[1, 2, 3]).await.iter().map(|seat| seat.reservation()).collect::<Vec<_>>(),
            [None, Some(hold.id), Some(hold.id)]
        );
        world.assert_audit_is_clean().await;
    }
}

/// P3: two holds of one user under one token: one wins, the other is refused because a hold exists.
pub async fn two_holds_under_one_token_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let (first, second) = (world.a_hold(ada, SCHEDULE, &[1]), world.a_hold(ada, SECOND_SCHEDULE, &[1]));
        let outcome = world.race(commit_order, &first, &second).await;
        let (winner, loser) = outcome.winner_and_loser(first, second);
        assert_eq!(world.run(&loser).await.unwrap_err(), Refusal::HoldExists(winner.id));
        world.assert_audit_is_clean().await;
    }
}

/// A hold and a leave: one wins; a user who has left holds no seats.
pub async fn a_hold_and_a_leave_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let (hold, leave) = (world.a_hold(ada, SCHEDULE, &[1]), world.a_leave(ADA, ada.token.unwrap()));
        match world.race(commit_order, &hold, &leave).await {
            Winner::First => world.run(&leave).await.map(|_| ()).unwrap(),
            Winner::Second => assert_eq!(world.run(&hold).await.unwrap_err(), Refusal::TokenExpired(domain::ExpiryReason::Left)),
        }
        assert_eq!(world.seats(SCHEDULE, &[1]).await[0].reservation(), None);
        assert!(!world.token(ada.token.unwrap()).await.is_live());
        world.assert_audit_is_clean().await;
    }
}

/// A repeated hold of the same seats, and its release: one wins.
pub async fn a_repeated_hold_and_its_release_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let hold = world.held(ada, SCHEDULE, &[1]).await;
        let (again, release) = (world.a_hold(ada, SCHEDULE, &[1]), world.a_release(ADA, hold.id()));
        match world.race(commit_order, &again, &release).await {
            Winner::First => world.run(&release).await.map(|_| ()).unwrap(),
            Winner::Second => assert_ne!(reservation_in(world.run(&again).await.unwrap().outcome).id(), hold.id(), "a new hold"),
        }
        world.assert_audit_is_clean().await;
    }
}

/// P3: two concurrent holds with one key: they have one effect, and the second one gets the first outcome.
pub async fn a_hold_sent_twice_has_one_effect(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let key = world.new_key(ADA, Operation::Hold);
        let (first, second) = (world.a_hold_with(key.clone(), ada, SCHEDULE, &[1]), world.a_hold_with(key, ada, SCHEDULE, &[1]));
        let outcome = world.race(commit_order, &first, &second).await;
        let (winner, loser) = outcome.winner_and_loser(first, second);
        let replay = world.run(&loser).await.unwrap();
        assert!(replay.replayed);
        assert_eq!(reservation_in(replay.outcome).id(), winner.id);
        world.assert_audit_is_clean().await;
    }
}

/// P3: two concurrent holds with one key that would write different rows: only the idempotency record causes the conflict.
pub async fn an_idempotency_record_alone_decides_a_race(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let elsewhere = world.admitted_to(ADA, OTHER_CONCERT).await;
        assert!(world.token(elsewhere.token.unwrap()).await.queue() == OTHER_QUEUE);
        let key = world.new_key(ADA, Operation::Hold);
        let hold = |pass: Pass, schedule| world.a_hold_with(key.clone(), pass, schedule, &[1]);
        let (first, second) = (hold(ada, SCHEDULE), hold(elsewhere, OTHER_SCHEDULE));
        let outcome = world.race(commit_order, &first, &second).await;
        let (winner, loser) = outcome.winner_and_loser(first, second);
        assert!(world.ports.reservations.reservation(winner.id).await.unwrap().is_some());
        assert!(world.ports.reservations.reservation(loser.id).await.unwrap().is_none());
        world.assert_audit_is_clean().await;
    }
}

/// Holds of different seats of one schedule don't conflict.
pub async fn holds_of_different_seats_are_both_committed(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
        let (adas, bens) =
            (world.change_of(&world.a_hold(ada, SCHEDULE, &[1])).await, world.change_of(&world.a_hold(ben, SCHEDULE, &[2])).await);
        for result in world.commit_both(commit_order, &adas, &bens).await {
            assert_committed(&result, "another seat");
        }
        world.assert_audit_is_clean().await;
    }
}

/// P1: two exchanges of held seats for one available seat: one user gets it and has released the old seat, the other keeps their own.
pub async fn two_exchanges_for_one_seat_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
        let (adas, bens) = (world.held(ada, SCHEDULE, &[1]).await, world.held(ben, SCHEDULE, &[2]).await);
        let (first, second) = (an_exchange(&world, ada, adas.id(), &[3]), an_exchange(&world, ben, bens.id(), &[3]));
        let outcome = world.race(commit_order, &first, &second).await;
        let (winner, loser) = outcome.winner_and_loser(first, second);
        let refusal = world.run(&loser).await.unwrap_err();
        assert_eq!(refusal, Refusal::SeatsUnavailable(vec![(seat_number(3), SeatStatus::Held)]));

        let new = Some(winner.wanted.id);
        match outcome {
            Winner::First => assert_eq!(owners(&world).await, [None, Some(bens.id()), new]),
            Winner::Second => assert_eq!(owners(&world).await, [Some(adas.id()), None, new]),
        }
        let (released_hold, kept) = outcome.winner_and_loser(adas, bens);
        let released = ReservationState::Cancelled { reason: CancelReason::Released, payment: None };
        assert_eq!(world.ports.reservations.reservation(released_hold.id()).await.unwrap().unwrap().state(), released);
        assert_eq!(world.ports.reservations.reservation(kept.id()).await.unwrap(), Some(kept));
        assert_eq!(world.ports.reservations.reservation(loser.wanted.id).await.unwrap(), None);
        world.assert_audit_is_clean().await;
    }
}

/// P1: an exchange, and a hold of the requested seat: one wins; a released seat is available to the other user.
pub async fn an_exchange_and_a_hold_of_its_seat_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
        let old = world.held(ada, SCHEDULE, &[1, 2]).await;
        let (exchange, hold) = (an_exchange(&world, ada, old.id(), &[2, 3]), world.a_hold(ben, SCHEDULE, &[3]));
        match world.race(commit_order, &exchange, &hold).await {
            Winner::First => {
                let refusal = world.run(&hold).await.unwrap_err();
                assert_eq!(refusal, Refusal::SeatsUnavailable(vec![(seat_number(3), SeatStatus::Held)]));
                assert_eq!(owners(&world).await, [None, Some(exchange.wanted.id), Some(exchange.wanted.id)]);
                world.held(ben, SCHEDULE, &[1]).await;
            }
            Winner::Second => {
                let refusal = world.run(&exchange).await.unwrap_err();
                assert_eq!(refusal, Refusal::SeatsUnavailable(vec![(seat_number(3), SeatStatus::Held)]));
                assert_eq!(owners(&world).await, [Some(old.id()), Some(old.id()), Some(hold.id)]);
            }
        }
        world.assert_audit_is_clean().await;
    }
}

/// P1: an exchange, and the payment of the hold that it would release: one wins.
pub async fn an_exchange_and_a_payment_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let old = world.held(ada, SCHEDULE, &[1]).await;
        world.charged(ADA, 1_000_000).await;
        let (exchange, payment) = (an_exchange(&world, ada, old.id(), &[1, 3]), world.a_payment(ada, old.id()));
        match world.race(commit_order, &exchange, &payment).await {
            Winner::First => {
                let released = ReservationStatus::Cancelled(CancelReason::Released);
                assert_eq!(world.run(&payment).await.unwrap_err(), Refusal::ReservationNotPayable(released));
                assert_eq!(owners(&world).await, [Some(exchange.wanted.id), None, Some(exchange.wanted.id)]);
                world.paid(ada, exchange.wanted.id).await;
            }
            Winner::Second => {
                assert_eq!(world.run(&exchange).await.unwrap_err(), Refusal::TokenExpired(ExpiryReason::Paid));
                assert_eq!(owners(&world).await, [Some(old.id()), None, None]);
            }
        }
        world.assert_audit_is_clean().await;
    }
}

/// P1: two exchanges for each other's seats: while both users hold their seats, both are refused and keep them; once one of them has
/// exchanged for another seat, the other one gets the seat. Every seat has one owner, and every user keeps a seat.
pub async fn crossed_exchanges_keep_the_seats_of_both_users(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let (adas, bens) = (world.held(ada, SCHEDULE, &[1]).await, world.held(ben, SCHEDULE, &[2]).await);
    let is_held = |number| Refusal::SeatsUnavailable(vec![(seat_number(number), SeatStatus::Held)]);

    let (first, second) = (an_exchange(&world, ada, adas.id(), &[2]), an_exchange(&world, ben, bens.id(), &[1]));
    assert_eq!(world.run(&first).await.unwrap_err(), is_held(2));
    assert_eq!(world.run(&second).await.unwrap_err(), is_held(1));
    assert_eq!(owners(&world).await, [Some(adas.id()), Some(bens.id()), None]);

    let elsewhere = an_exchange(&world, ben, bens.id(), &[3]);
    assert_eq!(reservation_in(world.run(&elsewhere).await.unwrap().outcome).id(), elsewhere.wanted.id);
    assert_eq!(owners(&world).await, [Some(adas.id()), None, Some(elsewhere.wanted.id)]);
    assert_eq!(reservation_in(world.run(&first).await.unwrap().outcome).id(), first.wanted.id);
    assert_eq!(owners(&world).await, [None, Some(first.wanted.id), Some(elsewhere.wanted.id)]);
    world.assert_audit_is_clean().await;
}

/// Returns the exchange of a hold of `pass` for other seats of [`SCHEDULE`].
fn an_exchange(world: &World, pass: Pass, held: ReservationId, seats: &[u32]) -> exchange::Command {
    exchange::Command { wanted: world.a_hold_with(world.new_key(pass.user, Operation::Exchange), pass, SCHEDULE, seats), held }
}

/// Returns the reservations that have seats 1, 2 and 3 of [`SCHEDULE`].
async fn owners(world: &World) -> Vec<Option<ReservationId>> {
    world.seats(SCHEDULE, &[1, 2, 3]).await.iter().map(|seat| seat.reservation()).collect()
}
