//! Properties of every load.

use std::sync::Arc;

use domain::loaded::{LoadedJoinTarget, LoadedQueueHead, LoadedReservation};
use domain::need::{Account, HoldsOfToken, JoinTarget, OwnedBy, QueueHead, Token};
use domain::{Need, Needs, ReservationId, SeatState};
use time::Duration;

use super::numbered;
use super::together::a_world_for_all_needs;
use crate::Adapter;
use crate::world::{ADA, BEN, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, World};

/// `load`: `now` is a reading of the store's clock, to the microsecond, for any needs.
pub async fn now_is_the_stores_clock(adapter: &dyn Adapter) {
    let (world, needs) = a_world_for_all_needs(adapter).await;
    let selections: [&[Need]; 3] = [&[], &needs[..1], &needs];
    for step in [Duration::MICROSECOND, Duration::microseconds(250_000), Duration::milliseconds(1), Duration::hours(30)] {
        for needs in selections {
            world.clock.advance(step);
            assert_eq!(world.load(needs).await.now, world.now(), "{} needs", needs.len());
        }
    }
    for need in &needs {
        assert_eq!(world.load(std::slice::from_ref(need)).await.now, world.now(), "{need:?}");
    }
}

/// `load`: without needs, returns only the time.
pub async fn a_load_without_needs_returns_the_time(adapter: &dyn Adapter) {
    for world in [World::empty(adapter).await, World::with_halls(adapter, 2).await] {
        let rows = world.load(&[]).await;
        ().find(&rows).unwrap();
        assert_eq!(rows.now, world.now());
    }
}

/// The number of times that seats are held and released, multiplied by the soak factor.
const ROUNDS: u32 = 30;

/// `load`: all rows are read at one instant, including those of different needs: while Ada repeatedly holds and releases seats, and Ben
/// joins and leaves only while she holds them, her reservation agrees with its seats, the queue agrees with its tokens, and Ben waits only
/// while seats are held.
pub async fn all_rows_are_read_at_one_instant(adapter: &dyn Adapter) {
    let world = Arc::new(World::with_halls(adapter, 2).await);
    let ada = world.admitted(ADA).await;
    world.charged(BEN, 1).await;
    let first = world.held(ada, SCHEDULE, &[1, 2]).await;
    let rounds = ROUNDS * adapter.soak();
    let writer = {
        let world = world.clone();
        tokio::spawn(async move {
            let mut hold = first;
            for _ in 0..rounds {
                let token = world.join(BEN, Some(OTHER_CONCERT)).await;
                world.left(BEN, token.id()).await;
                world.released(ADA, hold.id()).await;
                hold = world.held(ada, SCHEDULE, &[1, 2]).await;
            }
        })
    };
    let token = ada.token.unwrap();
    // The loop also ends if the writer fails; awaiting it reports the failure.
    while !writer.is_finished() {
        let needs = (
            (QueueHead { queue: OTHER_QUEUE, at_most: 9 }, JoinTarget { user: BEN, concert: Some(OTHER_CONCERT) }),
            HoldsOfToken(token),
            (Token(token), Account(ADA)),
            numbered(SCHEDULE, &[1, 2]),
            OwnedBy { user: ADA, schedule: SCHEDULE },
        );
        let ((line, place), holds, _, seats, owned) = world.find(needs).await;
        let held = held(&holds);
        assert_eq!(seats.holds, holds, "the holds of the seats must be those of the token");
        assert_eq!(owned.first().map(|owned| owned.reservation.id()), held, "Ada must own what she holds");
        for seat in &seats.seats {
            match seat.state() {
                SeatState::Held { reservation, .. } => assert_eq!(Some(reservation), held, "a held seat must refer to the hold"),
                SeatState::Available => assert_eq!(held, None, "a seat of a hold must not be available"),
                SeatState::Reserved { .. } | SeatState::Blocked => panic!("the seat was never bought or blocked"),
            }
        }
        let is_waiting = is_waiting(&line.unwrap(), &place.unwrap());
        assert!(held.is_some() || !is_waiting, "Ben must not wait while no seat is held");
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
}

/// Returns the id of the only hold, and asserts that its seats refer to it.
fn held(holds: &[LoadedReservation]) -> Option<ReservationId> {
    match holds {
        [] => None,
        [hold] => {
            let (id, references) = (hold.reservation.id(), hold.seats.iter().map(|seat| seat.reservation()));
            assert_eq!(references.collect::<Vec<_>>(), [Some(id), Some(id)], "the seats of a hold must refer to it");
            Some(id)
        }
        holds => panic!("one token has {} holds", holds.len()),
    }
}

/// Returns whether the only user of the queue waits in it, and asserts that both needs agree.
fn is_waiting(line: &LoadedQueueHead, place: &LoadedJoinTarget) -> bool {
    assert_eq!(line.waiting, place.waiting, "both needs must count the same waiting users");
    assert_eq!(line.first_waiting.first(), place.token.as_ref(), "both needs must find the same token");
    assert_eq!(line.waiting > 0, place.token.is_some(), "the count must match the token");
    place.token.is_some()
}
