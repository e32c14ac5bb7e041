//! The catalogue of a test: two concerts with the default queue, one of them with two schedules, and one with a queue of its own.

use application::testing::CatalogueFixture;
use domain::queue::PolicyOverrides;
use domain::testing::{seat_number, won};
use domain::{Concert, ConcertId, Money, Queue, QueueId, Schedule, ScheduleId, Seat, Zone};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const fn uuid(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(kind << 96 | number)
}

/// The queue of [`OTHER_CONCERT`], with a policy of its own: a capacity of 3, a batch of 2.
pub(crate) const OTHER_QUEUE: QueueId = QueueId(uuid(2, 2));
/// A concert with the default queue and two schedules.
pub(crate) const CONCERT: ConcertId = ConcertId(uuid(3, 1));
pub(crate) const SCHEDULE: ScheduleId = ScheduleId(uuid(4, 1));
pub(crate) const SECOND_SCHEDULE: ScheduleId = ScheduleId(uuid(4, 2));
/// Another concert with the default queue.
pub(crate) const NEIGHBOUR: ConcertId = ConcertId(uuid(3, 2));
pub(crate) const NEIGHBOUR_SCHEDULE: ScheduleId = ScheduleId(uuid(4, 3));
/// A concert with [`OTHER_QUEUE`].
pub(crate) const OTHER_CONCERT: ConcertId = ConcertId(uuid(3, 3));
pub(crate) const OTHER_SCHEDULE: ScheduleId = ScheduleId(uuid(4, 4));

/// Returns three concerts with four schedules, on sale from a day before `now` until a week after it, in halls of `seats` seats.
pub(crate) fn a_catalogue(seats: u32, now: OffsetDateTime) -> CatalogueFixture {
    let schedules =
        [a_schedule(SCHEDULE, CONCERT, now), a_schedule(SECOND_SCHEDULE, CONCERT, now), a_schedule(NEIGHBOUR_SCHEDULE, NEIGHBOUR, now)];
    let other_schedule = a_schedule(OTHER_SCHEDULE, OTHER_CONCERT, now);
    CatalogueFixture {
        queues: vec![other_queue()],
        concerts: vec![
            a_concert(CONCERT, "Club Night", Queue::DEFAULT),
            a_concert(NEIGHBOUR, "Matinée", Queue::DEFAULT),
            a_concert(OTHER_CONCERT, "Stadium", OTHER_QUEUE),
        ],
        seats: schedules.iter().chain([&other_schedule]).flat_map(|schedule| hall(schedule.id(), seats)).collect(),
        schedules: schedules.into_iter().chain([other_schedule]).collect(),
    }
}

/// Returns [`CONCERT`] with only [`SCHEDULE`], in a hall of `seats` seats.
pub(crate) fn a_small_catalogue(seats: u32, now: OffsetDateTime) -> CatalogueFixture {
    CatalogueFixture {
        queues: vec![],
        concerts: vec![a_concert(CONCERT, "Club Night", Queue::DEFAULT)],
        schedules: vec![a_schedule(SCHEDULE, CONCERT, now)],
        seats: hall(SCHEDULE, seats).collect(),
    }
}

fn a_concert(id: ConcertId, name: &str, queue: QueueId) -> Concert {
    Concert::new(id, name.into(), "Frontrow".into(), queue)
}

fn a_schedule(id: ScheduleId, concert: ConcertId, now: OffsetDateTime) -> Schedule {
    let (starts_at, sale) = (now + Duration::days(10), now - Duration::days(1)..now + Duration::days(7));
    Schedule::new(id, concert, starts_at, Zone::new("Asia/Seoul").unwrap(), sale)
}

fn other_queue() -> Queue {
    let overrides = PolicyOverrides { capacity: Some(3), batch: Some(2), ..PolicyOverrides::default() };
    Queue::new(OTHER_QUEUE, "stadium".into(), overrides, Some("Soundcheck is running late — ♫".into()))
}

fn hall(schedule: ScheduleId, seats: u32) -> impl Iterator<Item = Seat> {
    // Every other seat is accessible, so that a store that loses this flag fails wherever seats are written or read.
    let seat = move |number| Seat::new(schedule, seat_number(number), format!("Row A {number}"), seat_price(number));
    (1..=seats).map(move |number| seat(number).with_accessible(number % 2 == 0))
}

/// Returns the price of seat `number`. No two seats have the same price.
pub(crate) fn seat_price(number: u32) -> Money {
    won(10_000 + i64::from(number))
}
