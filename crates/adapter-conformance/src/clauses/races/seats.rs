//! Races for seats.

use domain::decide::admission::Pass;
use domain::{CancelReason, Operation, Refusal, ReservationState, SeatStatus};

use crate::Adapter;
use crate::world::{
    ADA, BEN, CYD, DATE, Meeting, OTHER_CONCERT, OTHER_DATE, OTHER_QUEUE, SECOND_DATE, Won, World, assert_committed, reservation_in,
    seat_number,
};

/// P1: two holds of one seat: one wins, the other finds it held.
pub async fn of_two_holds_of_one_seat_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
        let (adas, bens) = (world.a_hold(ada, DATE, &[1, 2]), world.a_hold(ben, DATE, &[2, 3]));
        let won = world.rivals(meeting, &adas, &bens).await;
        let (winner, loser) = won.winner_and_loser(adas, bens);
        assert_eq!(world.seats(DATE, &[2]).await[0].reservation(), Some(winner.id));
        let refusal = world.run(&loser).await.unwrap_err();
        assert_eq!(refusal, Refusal::SeatsUnavailable(vec![(seat_number(2), SeatStatus::Held)]));
        assert_eq!(world.ports.bookings.reservation(loser.id).await.unwrap(), None);
        world.assert_audit_is_clean().await;
    }
}

/// P1: two holds that both take over one lapsed hold: one wins, even if they want different seats of it.
pub async fn of_two_holds_that_end_one_lapsed_hold_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let lapsed = world.admitted(CYD).await;
        world.held(lapsed, DATE, &[1, 2]).await;
        world.pass_seconds(300);
        let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
        let (adas, bens) = (world.a_hold(ada, DATE, &[1]), world.a_hold(ben, DATE, &[2]));
        let won = world.rivals(meeting, &adas, &bens).await;
        let (winner, loser) = won.winner_and_loser(adas, bens);
        world.run(&loser).await.unwrap();
        let taken = world.seats(DATE, &[1, 2]).await;
        let both = [taken[0].reservation(), taken[1].reservation()];
        assert!(both.contains(&Some(winner.id)) && both.contains(&Some(loser.id)));
        world.assert_audit_is_clean().await;
    }
}

/// P1: a hold that takes over a lapsed hold, and a sweep that ends it: one wins.
pub async fn of_a_takeover_and_a_sweep_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let lapsed = world.admitted(CYD).await;
        let old = world.held(lapsed, DATE, &[1, 2]).await;
        world.pass_seconds(300);
        let ada = world.admitted(ADA).await;
        let hold = world.a_hold(ada, DATE, &[2, 3]);
        let (takeover, sweep) = (world.change_of(&hold).await, world.changes_of_sweep().await.remove(0));
        if world.one_wins(meeting, &takeover, &sweep).await == Won::Second {
            world.run(&hold).await.unwrap();
        }
        let ended = world.ports.bookings.reservation(old.id).await.unwrap().unwrap();
        assert_eq!(ended.state(), ReservationState::Cancelled { reason: CancelReason::Expired, payment: None });
        assert_eq!(
            world.seats(DATE, &[1, 2, 3]).await.iter().map(|seat| seat.reservation()).collect::<Vec<_>>(),
            [None, Some(hold.id), Some(hold.id)]
        );
        world.assert_audit_is_clean().await;
    }
}

/// P3: one user's two holds under one token: one wins, the other finds it in the way.
pub async fn of_two_holds_under_one_token_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let (first, second) = (world.a_hold(ada, DATE, &[1]), world.a_hold(ada, SECOND_DATE, &[1]));
        let won = world.rivals(meeting, &first, &second).await;
        let (winner, loser) = won.winner_and_loser(first, second);
        assert_eq!(world.run(&loser).await.unwrap_err(), Refusal::HoldExists(winner.id));
        world.assert_audit_is_clean().await;
    }
}

/// A hold and a leave: one wins; who has left holds nothing.
pub async fn of_a_hold_and_a_leave_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let (hold, leave) = (world.a_hold(ada, DATE, &[1]), world.a_leave(ADA, ada.token.unwrap()));
        match world.rivals(meeting, &hold, &leave).await {
            Won::First => world.run(&leave).await.map(|_| ()).unwrap(),
            Won::Second => assert_eq!(world.run(&hold).await.unwrap_err(), Refusal::TokenExpired(domain::ExpiryReason::Left)),
        }
        assert_eq!(world.seats(DATE, &[1]).await[0].reservation(), None);
        assert!(!world.token(ada.token.unwrap()).await.is_live());
        world.assert_audit_is_clean().await;
    }
}

/// The same hold asked for again, and its release: one wins.
pub async fn of_the_same_hold_again_and_its_release_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let hold = world.held(ada, DATE, &[1]).await;
        let (again, release) = (world.a_hold(ada, DATE, &[1]), world.a_release(ADA, hold.id));
        match world.rivals(meeting, &again, &release).await {
            Won::First => world.run(&release).await.map(|_| ()).unwrap(),
            Won::Second => assert_ne!(reservation_in(world.run(&again).await.unwrap().outcome).id, hold.id, "a new hold"),
        }
        world.assert_audit_is_clean().await;
    }
}

/// P3: one key twice at once: one effect, and the other gets the first answer.
pub async fn of_one_key_twice_one_has_an_effect(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let key = world.new_key(ADA, Operation::Hold);
        let (first, second) = (world.a_hold_with(key.clone(), ada, DATE, &[1]), world.a_hold_with(key, ada, DATE, &[1]));
        let won = world.rivals(meeting, &first, &second).await;
        let (winner, loser) = won.winner_and_loser(first, second);
        let replay = world.run(&loser).await.unwrap();
        assert!(replay.replayed);
        assert_eq!(reservation_in(replay.outcome).id, winner.id);
        world.assert_audit_is_clean().await;
    }
}

/// P3: one key twice at once, by which different rows would be written: the record alone lets one win.
pub async fn a_record_alone_lets_one_win(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let elsewhere = world.admitted_to(ADA, OTHER_CONCERT).await;
        assert!(world.token(elsewhere.token.unwrap()).await.queue == OTHER_QUEUE);
        let key = world.new_key(ADA, Operation::Hold);
        let hold = |pass: Pass, date| world.a_hold_with(key.clone(), pass, date, &[1]);
        let (first, second) = (hold(ada, DATE), hold(elsewhere, OTHER_DATE));
        let won = world.rivals(meeting, &first, &second).await;
        let (winner, loser) = won.winner_and_loser(first, second);
        assert!(world.ports.bookings.reservation(winner.id).await.unwrap().is_some());
        assert!(world.ports.bookings.reservation(loser.id).await.unwrap().is_none());
        world.assert_audit_is_clean().await;
    }
}

/// Holds of different seats of one date don't disturb each other.
pub async fn holds_of_different_seats_both_win(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
        let (adas, bens) = (world.change_of(&world.a_hold(ada, DATE, &[1])).await, world.change_of(&world.a_hold(ben, DATE, &[2])).await);
        for result in world.meet(meeting, &adas, &bens).await {
            assert_committed(&result, "another seat");
        }
        world.assert_audit_is_clean().await;
    }
}
