//! What holds for every load.

use std::sync::Arc;

use application::Command;
use application::ports::Load;
use domain::decide::admission::Pass;
use domain::{Context, SeatState};
use time::Duration;

use super::assert_same;
use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CYD, DATE, World};

/// [`Load::Clock`]: `now` alone.
pub async fn a_clock_load_sees_the_time_alone(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.bought(ADA, DATE, &[1]).await;
    assert_same(world.load(Load::Clock).await, Context::at(world.now()), "the time");
}

/// `load`: `now` is a reading of the store's clock, to the microsecond.
pub async fn now_is_the_stores_clock(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for step in [Duration::MICROSECOND, Duration::microseconds(250_000), Duration::milliseconds(1), Duration::hours(30)] {
        world.clock.advance(step);
        assert_eq!(world.load(Load::Clock).await.now, world.now());
    }
}

/// `load`: a context for each load, in their order.
pub async fn loads_are_answered_in_their_order(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let (adas, bens) = (world.held(ada, DATE, &[1]).await, world.held(ben, DATE, &[2]).await);
    let waiting = world.joined(CYD).await;
    let loads = [
        Load::Release { reservation: bens.id },
        Load::Token { token: waiting },
        Load::Clock,
        Load::Release { reservation: world.new_id() },
        Load::Leave { token: ada.token.unwrap() },
        Load::Release { reservation: adas.id },
        Load::Release { reservation: bens.id },
        Load::Token { token: ben.token.unwrap() },
        Load::Join { user: CYD, concert: None },
        Load::LapsedHolds { at_most: ALL, hold: world.rules.hold },
    ];
    let mut expected = Vec::new();
    for load in &loads {
        expected.push(world.load(load.clone()).await);
    }
    let seen: Vec<Context> = world.ports.store.load(&loads).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(seen.len(), expected.len());
    for ((seen, expected), load) in seen.into_iter().zip(expected).zip(&loads) {
        assert_same(seen, expected, &format!("{load:?} among others"));
    }
}

/// `load`: nothing asked, nothing answered.
pub async fn no_loads_have_no_answers(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    assert!(world.ports.store.load(&[]).await.is_empty());
}

/// `load`: a batch may be as large as a lane's; each has its own answer.
pub async fn a_large_batch_of_loads_is_answered(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 600).await;
    let nobody = Pass { user: ADA, token: None };
    let loads: Vec<Load> = (1..=600).map(|number| world.a_hold(nobody, DATE, &[number]).load()).collect();
    let seen = world.ports.store.load(&loads).await;
    assert_eq!(seen.len(), loads.len());
    for (context, number) in seen.into_iter().zip(1..) {
        let seats: Vec<u32> = context.unwrap().seats.iter().map(|seat| seat.number.get()).collect();
        assert_eq!(seats, [number]);
    }
}

/// How often a seat is given back and held again, times the factor of a soak.
const ROUNDS: u32 = 30;

/// `load`: all rows of a context are read at one instant: while Ada holds and gives back a seat, again and again, the reservation's row and
/// its seat's row always tell the same.
pub async fn a_context_is_read_at_one_instant(adapter: &dyn Adapter) {
    let world = Arc::new(World::with_halls(adapter, 2).await);
    let ada = world.admitted(ADA).await;
    let first = world.held(ada, DATE, &[1, 2]).await;
    let rounds = ROUNDS * adapter.soak();
    let writer = {
        let world = world.clone();
        tokio::spawn(async move {
            let mut hold = first;
            for _ in 0..rounds {
                world.released(ADA, hold.id).await;
                hold = world.held(ada, DATE, &[1, 2]).await;
            }
        })
    };
    // Also if it fails, which shows when it is waited for.
    while !writer.is_finished() {
        let context = world.load(Load::Leave { token: ada.token.unwrap() }).await;
        let named: Vec<_> = context.seats.iter().filter_map(|seat| seat.reservation()).collect();
        match &context.reservations[..] {
            [] => assert_eq!(named, [], "no hold, and yet seats"),
            [hold] => assert_eq!(named, [hold.id, hold.id], "a hold, and seats that tell otherwise"),
            holds => panic!("one token, {} holds", holds.len()),
        }
        let asked = world.a_hold(ada, DATE, &[1]).load();
        let context = world.load(asked).await;
        for seat in &context.seats {
            match seat.state() {
                SeatState::Held { reservation, .. } => {
                    assert!(context.reservation(reservation).is_some(), "a held seat whose hold isn't there");
                }
                SeatState::Available => assert_eq!(context.reservations, [], "a free seat of a hold"),
                SeatState::Reserved { .. } | SeatState::Blocked => panic!("nobody bought or blocked it"),
            }
        }
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
}
