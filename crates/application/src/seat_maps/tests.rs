use std::sync::OnceLock;

use domain::Write;
use domain::testing::{BEN, CONCERT, OTHER_SCHEDULE, SCHEDULE, a_hold, a_schedule, a_seat};
use time::Duration;

use super::*;
use crate::ports::{MockCatalogue, ReadError};
use crate::testing::StoppedClock;

/// The memory that all tests have enough of, unless they test its limit.
const ENOUGH: usize = 1 << 20;

fn schedule(id: ScheduleId) -> Schedule {
    a_schedule().with(|schedule| schedule.with_ids(id, CONCERT)).row
}

/// Returns available seats with numbers up to `count`.
fn seats(schedule: ScheduleId, count: u32) -> Vec<Versioned<Seat>> {
    (1..=count).map(|number| a_seat(number).with(|seat| seat.with_schedule(schedule))).collect()
}

/// Returns the size of the map of `count` seats.
fn size(count: u32) -> usize {
    let mut rows = Seats::default();
    for seat in seats(SCHEDULE, count) {
        rows.keep(seat);
    }
    rows.bytes()
}

/// Returns the change by which seat 1 of `schedule` is blocked.
fn blocks(schedule: ScheduleId) -> Change {
    let seat = &seats(schedule, 1)[0];
    let blocked = Seat::restore(schedule, seat.number(), seat.label().to_owned(), seat.price(), SeatState::Blocked);
    Change::default().writing(Write::update(seat, blocked))
}

#[tokio::test]
async fn an_expired_hold_is_held_again_if_the_clock_goes_back() {
    let hold = a_hold(BEN, &[7]);
    let seat = a_seat(7).held_under(&hold);
    let mut catalogue = MockCatalogue::new();
    catalogue.expect_seats().withf(|schedule| *schedule == SCHEDULE).times(1).returning(move |_| Ok(vec![seat.clone()]));
    let clock = Arc::new(StoppedClock::default());
    let maps = SeatMaps::new(Arc::new(catalogue), clock.clone(), ENOUGH);
    let until = hold.expires_at() - clock.now();
    for (by, held) in [(Duration::ZERO, 1), (until, 0), (-Duration::SECOND, 1), (Duration::SECOND, 0), (-until, 1)] {
        clock.advance(by);
        let map = maps.map(&a_schedule()).await.unwrap();
        assert_eq!((map.held, map.available), (held, 1 - held), "{}", clock.now());
    }
}

#[tokio::test]
async fn a_map_that_is_evicted_is_read_again_with_the_commits_since() {
    let mut catalogue = MockCatalogue::new();
    catalogue.expect_seats().times(2).returning(|schedule| Ok(seats(schedule, 10)));
    catalogue.expect_seats().times(1).returning(|schedule| {
        let mut seats = seats(schedule, 10);
        seats[0] = Versioned::new(seats[0].version.next(), blocks(schedule).row::<Seat>().unwrap().row.clone());
        Ok(seats)
    });
    let maps = SeatMaps::new(Arc::new(catalogue), Arc::new(StoppedClock::default()), size(10) * 3 / 2);
    let [one, other] = [SCHEDULE, OTHER_SCHEDULE].map(schedule);
    assert_eq!(maps.map(&one).await.unwrap().available, 10);
    assert_eq!(maps.map(&other).await.unwrap().available, 10);
    assert_eq!((maps.recency().bytes(), maps.schedules.len()), (size(10), 1), "the other map took the place of the first");
    maps.committed(&blocks(SCHEDULE), &Committed::default());
    assert_eq!(maps.map(&one).await.unwrap().available, 9);
    maps.committed(&blocks(OTHER_SCHEDULE), &Committed::default());
    assert_eq!(maps.map(&one).await.unwrap().available, 9, "from memory");
    assert!(maps.recency().bytes() <= size(10) * 3 / 2);
}

#[tokio::test]
async fn the_map_used_last_stays_in_memory() {
    let mut catalogue = MockCatalogue::new();
    let third = domain::testing::schedule(3);
    for (id, times) in [(SCHEDULE, 1), (OTHER_SCHEDULE, 2), (third, 1)] {
        catalogue.expect_seats().withf(move |schedule| *schedule == id).times(times).returning(|schedule| Ok(seats(schedule, 10)));
    }
    let maps = SeatMaps::new(Arc::new(catalogue), Arc::new(StoppedClock::default()), size(10) * 2);
    for id in [SCHEDULE, OTHER_SCHEDULE, SCHEDULE, third, SCHEDULE, OTHER_SCHEDULE] {
        assert_eq!(maps.map(&schedule(id)).await.unwrap().available, 10);
    }
}

#[tokio::test]
async fn a_commit_during_the_load_is_in_the_map() {
    let loading: Arc<OnceLock<Arc<SeatMaps>>> = Arc::default();
    let mut catalogue = MockCatalogue::new();
    let committing = loading.clone();
    catalogue.expect_seats().times(1).returning(move |schedule| {
        let read = seats(schedule, 2);
        committing.wait().committed(&blocks(schedule), &Committed::default());
        Ok(read)
    });
    let maps = Arc::new(SeatMaps::new(Arc::new(catalogue), Arc::new(StoppedClock::default()), ENOUGH));
    loading.set(maps.clone()).ok().unwrap();
    for _ in 0..2 {
        assert_eq!(maps.map(&schedule(SCHEDULE)).await.unwrap().available, 1);
    }
}

#[tokio::test]
async fn counts_evict_no_map_and_are_read_again_after_some_seconds() {
    let mut catalogue = MockCatalogue::new();
    catalogue.expect_seats().withf(|schedule| *schedule == SCHEDULE).times(1).returning(|schedule| Ok(seats(schedule, 10)));
    catalogue.expect_seats().withf(|schedule| *schedule == OTHER_SCHEDULE).times(2).returning(|schedule| Ok(seats(schedule, 20)));
    let clock = Arc::new(StoppedClock::default());
    let maps = SeatMaps::new(Arc::new(catalogue), clock.clone(), size(10) * 2);
    let [one, other] = [SCHEDULE, OTHER_SCHEDULE].map(schedule);
    let full = |seats| Stock { seats, available: seats, held: 0 };
    for _ in 0..2 {
        assert_eq!(maps.stock(&one).await.unwrap(), full(10), "it fits, and is kept");
        for _ in 0..3 {
            assert_eq!(maps.stock(&other).await.unwrap(), full(20));
        }
        clock.advance(Duration::seconds(10));
    }
    maps.committed(&blocks(SCHEDULE), &Committed::default());
    assert_eq!(maps.stock(&one).await.unwrap(), Stock { seats: 10, available: 9, held: 0 });
}

#[tokio::test]
async fn a_doubtful_map_and_a_map_that_could_not_be_read_are_read_again() {
    let mut catalogue = MockCatalogue::new();
    let mut calls = 0;
    catalogue.expect_seats().times(3).returning(move |schedule| {
        calls += 1;
        if calls == 2 { Err(ReadError::Unavailable("no connection".into())) } else { Ok(seats(schedule, 2)) }
    });
    let maps = SeatMaps::new(Arc::new(catalogue), Arc::new(StoppedClock::default()), ENOUGH);
    assert_eq!(maps.map(&schedule(SCHEDULE)).await.unwrap().available, 2);
    maps.doubtful(&blocks(SCHEDULE));
    assert_eq!(maps.recency().bytes(), 0);
    assert!(maps.map(&schedule(SCHEDULE)).await.is_err());
    assert!(maps.schedules.is_empty());
    assert_eq!(maps.map(&schedule(SCHEDULE)).await.unwrap().available, 2);
}
