//! What holds for every load.

use std::sync::Arc;

use domain::loaded::{LoadedLine, LoadedPlace, LoadedReservation};
use domain::need::{Account, HoldsOfToken, Line, OwnedBy, Place, Token};
use domain::{Need, Needs, ReservationId, SeatState};
use time::Duration;

use super::numbered;
use super::together::a_busy_house;
use crate::Adapter;
use crate::world::{ADA, BEN, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, World};

/// `load`: `now` is a reading of the store's clock, to the microsecond, whatever is needed.
pub async fn now_is_the_stores_clock(adapter: &dyn Adapter) {
    let (world, needs) = a_busy_house(adapter).await;
    let few: [&[Need]; 3] = [&[], &needs[..1], &needs];
    for step in [Duration::MICROSECOND, Duration::microseconds(250_000), Duration::milliseconds(1), Duration::hours(30)] {
        for needs in few {
            world.clock.advance(step);
            assert_eq!(world.load(needs).await.now, world.now(), "{} needs", needs.len());
        }
    }
    for need in &needs {
        assert_eq!(world.load(std::slice::from_ref(need)).await.now, world.now(), "{need:?}");
    }
}

/// `load`: nothing needed, nothing but the time answered.
pub async fn no_needs_find_the_time_alone(adapter: &dyn Adapter) {
    for world in [World::empty(adapter).await, World::with_halls(adapter, 2).await] {
        let rows = world.load(&[]).await;
        ().find(&rows).unwrap();
        assert_eq!(rows.now, world.now());
    }
}

/// How often seats are held and given back, times the factor of a soak.
const ROUNDS: u32 = 30;

/// `load`: all rows are read at one instant, those of different needs, too: while Ada holds seats and gives them back, again and again, and
/// Ben joins and leaves whenever she holds them, her reservation and its seats tell the same, the line and those in it tell the same, and
/// nobody waits who has nothing to wait for.
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
    // Also if it fails, which shows when it is waited for.
    while !writer.is_finished() {
        let needs = (
            (Line { queue: OTHER_QUEUE, at_most: 9 }, Place { user: BEN, concert: Some(OTHER_CONCERT) }),
            HoldsOfToken(token),
            (Token(token), Account(ADA)),
            numbered(SCHEDULE, &[1, 2]),
            OwnedBy { user: ADA, schedule: SCHEDULE },
        );
        let ((line, place), holds, _, seats, owned) = world.find(needs).await;
        let held = held(&holds);
        assert_eq!(seats.holds, holds, "the seats' holds are those under the token");
        assert_eq!(owned.first().map(|owned| owned.reservation.id()), held, "what she owns is what she holds");
        for seat in &seats.seats {
            match seat.state() {
                SeatState::Held { reservation, .. } => assert_eq!(Some(reservation), held, "a held seat whose hold isn't there"),
                SeatState::Available => assert_eq!(held, None, "a free seat of a hold"),
                SeatState::Reserved { .. } | SeatState::Blocked => panic!("nobody bought or blocked it"),
            }
        }
        let is_waiting = is_waiting(&line.unwrap(), &place.unwrap());
        assert!(held.is_some() || !is_waiting, "one waits, though nothing is held");
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
}

/// The one hold, whose seats all name it.
fn held(holds: &[LoadedReservation]) -> Option<ReservationId> {
    match holds {
        [] => None,
        [hold] => {
            let (id, named) = (hold.reservation.id(), hold.seats.iter().map(|seat| seat.reservation()));
            assert_eq!(named.collect::<Vec<_>>(), [Some(id), Some(id)], "a hold, and seats that tell otherwise");
            Some(id)
        }
        holds => panic!("one token, {} holds", holds.len()),
    }
}

/// Whether the one user of the line waits in it.
fn is_waiting(line: &LoadedLine, place: &LoadedPlace) -> bool {
    assert_eq!(line.waiting, place.waiting, "the line and the place in it");
    assert_eq!(line.foremost.first(), place.token.as_ref(), "who waits, and whose place it is");
    assert_eq!(line.waiting > 0, place.token.is_some(), "how many wait, and who");
    place.token.is_some()
}
