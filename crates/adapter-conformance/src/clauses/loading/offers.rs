//! The schedules that users in a queue wait for.

use application::testing::CatalogueFixture;
use domain::decide::admin::schedule;
use domain::need::QueueHead;
use domain::{Change, NewToken, Offer, Queue, QueueId, Schedule, ScheduleId, Seat, SeatState, Write};
use time::Duration;

use crate::Adapter;
use crate::world::{
    ADA, BEN, CYD, NEIGHBOUR, NEIGHBOUR_SCHEDULE, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, World, a_catalogue, guest,
};

/// Returns the schedules on offer for `queue`, and whether they have seats.
async fn offers(world: &World, queue: QueueId) -> Option<Vec<(ScheduleId, bool)>> {
    let seen = world.find(QueueHead { queue, at_most: 1 }).await.unwrap().offers?;
    for Offer { schedule, .. } in &seen {
        assert_eq!(world.schedule(schedule.id()).await.unwrap().row, *schedule);
    }
    let mut schedules: Vec<_> = seen.iter().map(|offer| (offer.schedule.id(), offer.has_seats)).collect();
    schedules.sort_unstable();
    Some(schedules)
}

/// Returns whether the only schedule on offer for [`OTHER_QUEUE`] has seats.
async fn has_seats(world: &World) -> bool {
    match offers(world, OTHER_QUEUE).await.as_deref() {
        Some([(OTHER_SCHEDULE, has_seats)]) => *has_seats,
        seen => panic!("{seen:?} is not the only schedule"),
    }
}

/// Creates a world with a changed catalogue, and a user who waits in [`OTHER_QUEUE`].
async fn with_catalogue(adapter: &dyn Adapter, seats: u32, change: impl Fn(&mut CatalogueFixture)) -> World {
    let world = World::empty(adapter).await;
    let mut catalogue = a_catalogue(seats, world.now());
    change(&mut catalogue);
    catalogue.insert_into(&*world.ports.store).await;
    world.join(guest(99), Some(OTHER_CONCERT)).await;
    world
}

/// Blocks all seats of `schedule`.
async fn block_all_seats(world: &World, schedule: ScheduleId) {
    let seats = world.ports.catalogue.seats(schedule).await.unwrap();
    let writes = seats.iter().map(|seat| Write::update(seat, seat.row.clone().with_state(SeatState::Blocked)).into()).collect();
    world.commit(&Change { writes, ..Change::default() }).await.unwrap();
}

/// [`QueueHead`]: no offers for the default queue, and none unless a user waits.
pub async fn a_queue_head_of_a_concerts_own_queue_has_offers_while_users_wait(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    assert_eq!((offers(&world, Queue::DEFAULT).await, offers(&world, OTHER_QUEUE).await), (None, None), "no user waits");
    world.joined(ADA).await;
    let ben = world.join(BEN, Some(OTHER_CONCERT)).await;
    assert_eq!((offers(&world, Queue::DEFAULT).await, has_seats(&world).await), (None, true));
    block_all_seats(&world, SCHEDULE).await;
    block_all_seats(&world, OTHER_SCHEDULE).await;
    assert_eq!((offers(&world, Queue::DEFAULT).await, has_seats(&world).await), (None, false));
    world.left(BEN, ben.id()).await;
    assert_eq!(offers(&world, OTHER_QUEUE).await, None, "no user waits any more");
}

/// [`QueueHead`]: no offers for a queue that no concert uses.
pub async fn a_queue_head_without_a_concert_has_no_offers(adapter: &dyn Adapter) {
    let unused = QueueId(uuid::Uuid::from_u128(7));
    let world = with_catalogue(adapter, 2, |catalogue| {
        let overrides = catalogue.queues[0].overrides();
        catalogue.queues.push(Queue::new(unused, "unused".into(), overrides, None));
    });
    let world = world.await;
    world.charged(CYD, 1).await;
    let token = NewToken { id: world.new_id(), queue: unused, user: CYD, concert: None, joined_at: world.now() };
    world.commit(&Change::default().writing(Write::insert(token))).await.unwrap();
    let seen = world.find(QueueHead { queue: unused, at_most: 1 }).await.unwrap();
    assert_eq!((seen.waiting, seen.offers), (1, None));
}

/// [`QueueHead`]: a schedule on offer has seats if the row of one is AVAILABLE or HELD, lapsed or not, but not if all are RESERVED or
/// BLOCKED.
pub async fn an_offer_has_seats_while_one_is_available_or_held(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let ada = world.admitted_to(ADA, OTHER_CONCERT).await;
    let ben = world.admitted_to(BEN, OTHER_CONCERT).await;
    world.join(CYD, Some(OTHER_CONCERT)).await;
    world.charged(ADA, 100_000).await;
    world.charged(BEN, 100_000).await;
    let kept = world.held(ada, OTHER_SCHEDULE, &[1]).await;
    let payment = world.paid(ada, kept.id()).await;
    let hold = world.held(ben, OTHER_SCHEDULE, &[2]).await;
    assert!(has_seats(&world).await, "one seat is available");

    let last = world.seats(OTHER_SCHEDULE, &[3]).await.remove(0);
    let block = last.row.clone().with_state(SeatState::Blocked);
    world.commit(&Change::default().writing(Write::update(&last, block))).await.unwrap();
    assert!(has_seats(&world).await, "one seat is held");
    world.pass_seconds(301);
    assert!(has_seats(&world).await, "the hold of the seat has lapsed");
    world.pass_seconds(-301);
    world.paid(ben, hold.id()).await;
    assert!(!has_seats(&world).await, "two seats are sold and one is blocked");
    world.refunded(ADA, payment.id()).await;
    assert!(has_seats(&world).await, "one seat was refunded");
}

/// [`QueueHead`]: offers of all schedules of the queue's concerts, on sale or not, cancelled or not, with seats or without; a concert without
/// schedules adds none.
pub async fn a_queue_head_has_offers_of_all_schedules_of_its_concerts(adapter: &dyn Adapter) {
    let [closed, unopened, cancelled, seatless] = [11, 12, 13, 14].map(|number| ScheduleId(uuid::Uuid::from_u128(number)));
    let world = with_catalogue(adapter, 2, |catalogue| {
        let first = catalogue.schedules.iter().find(|schedule| schedule.id() == OTHER_SCHEDULE).unwrap().clone();
        let (opens_at, closes_at) = (first.sale_opens_at(), first.sale_closes_at());
        for (id, sale) in [
            (closed, opens_at..opens_at + Duration::HOUR),
            (unopened, closes_at..closes_at + Duration::HOUR),
            (cancelled, opens_at..closes_at),
            (seatless, opens_at..closes_at),
        ] {
            catalogue.schedules.push(Schedule::new(id, first.concert(), first.starts_at(), first.zone().clone(), sale));
            let seats: Vec<Seat> =
                catalogue.seats.iter().filter(|seat| seat.schedule() == OTHER_SCHEDULE && id != seatless).cloned().collect();
            catalogue.seats.extend(seats.into_iter().map(|seat| seat.with_schedule(id)));
        }
    });
    let world = world.await;
    world.run(&schedule::Cancel { order: world.an_order(BEN), id: cancelled }).await.unwrap();
    let expected = vec![(closed, true), (unopened, true), (cancelled, true), (seatless, false), (OTHER_SCHEDULE, true)];
    assert_eq!(offers(&world, OTHER_QUEUE).await, Some(expected));

    let without_schedules = with_catalogue(adapter, 2, |catalogue| {
        catalogue.schedules.retain(|schedule| schedule.id() != OTHER_SCHEDULE);
        catalogue.seats.retain(|seat| seat.schedule() != OTHER_SCHEDULE);
    });
    assert_eq!(offers(&without_schedules.await, OTHER_QUEUE).await, Some(vec![]), "a concert without schedules");
}

/// [`QueueHead`]: offers of the schedules of all concerts of the queue, and of no others.
pub async fn a_queue_head_has_offers_of_all_its_concerts(adapter: &dyn Adapter) {
    let with_neighbour = |catalogue: &mut CatalogueFixture| {
        let neighbours = catalogue.concerts.iter_mut().filter(|concert| concert.id() == NEIGHBOUR);
        neighbours.for_each(|concert| *concert = concert.clone().move_to(OTHER_QUEUE));
    };
    let world = with_catalogue(adapter, 2, with_neighbour).await;
    block_all_seats(&world, NEIGHBOUR_SCHEDULE).await;
    assert_eq!(offers(&world, OTHER_QUEUE).await, Some(vec![(NEIGHBOUR_SCHEDULE, false), (OTHER_SCHEDULE, true)]));
}
