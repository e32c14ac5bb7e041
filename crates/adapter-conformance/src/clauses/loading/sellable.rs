//! Whether a line has anything left to wait for.

use application::ports::{Load, Programme};
use domain::{Change, NewToken, Queue, QueueId, Schedule, ScheduleId, Seat, SeatState, Write};
use time::Duration;

use crate::Adapter;
use crate::world::{ADA, BEN, CYD, DATE, MOMENT, NEIGHBOUR, NEIGHBOUR_DATE, OTHER_CONCERT, OTHER_DATE, OTHER_QUEUE, World, a_bill, guest};

/// What a tick of `queue` is told about it.
async fn sellable(world: &World, queue: QueueId) -> Option<bool> {
    world.load(Load::Tick { queue, at_most: 1 }).await.sellable
}

/// A world with another bill than usual; somebody waits in [`OTHER_QUEUE`].
async fn with_bill(adapter: &dyn Adapter, seats: u32, change: impl Fn(&mut Programme)) -> World {
    let world = World::empty(adapter).await;
    let mut bill = a_bill(seats, world.now());
    change(&mut bill);
    world.ports.programme.put_on(&bill).await.unwrap();
    world.join(guest(99), Some(OTHER_CONCERT)).await;
    world
}

/// All seats of `date` are kept by the operator.
async fn blocked(world: &World, date: ScheduleId) {
    let seats = world.ports.catalogue.seats(date).await.unwrap();
    let block = |seat: &Seat| Seat::restore(seat.schedule, seat.number, seat.label.clone(), seat.price, SeatState::Blocked);
    let seats = seats.iter().map(|seat| Write::update(seat, block(seat))).collect();
    world.commit(&Change { seats, ..Change::default() }).await.unwrap();
}

/// [`Load::Tick`]: `sellable` is none for the default queue, and unless somebody waits.
pub async fn a_tick_load_asks_what_can_be_sold_only_for_a_concerts_own_line(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    assert_eq!((sellable(&world, Queue::DEFAULT).await, sellable(&world, OTHER_QUEUE).await), (None, None), "nobody waits");
    world.joined(ADA).await;
    let ben = world.join(BEN, Some(OTHER_CONCERT)).await;
    assert_eq!((sellable(&world, Queue::DEFAULT).await, sellable(&world, OTHER_QUEUE).await), (None, Some(true)));
    blocked(&world, DATE).await;
    blocked(&world, OTHER_DATE).await;
    assert_eq!((sellable(&world, Queue::DEFAULT).await, sellable(&world, OTHER_QUEUE).await), (None, Some(false)));
    world.left(BEN, ben.id).await;
    assert_eq!(sellable(&world, OTHER_QUEUE).await, None, "nobody waits any more");
}

/// [`Load::Tick`]: `sellable` is none for a queue that no concert names.
pub async fn a_tick_load_of_a_line_without_a_concert_knows_of_nothing_to_sell(adapter: &dyn Adapter) {
    let lonely = QueueId(uuid::Uuid::from_u128(7));
    let world = with_bill(adapter, 2, |bill| {
        let queue = Queue { id: lonely, name: "lonely".into(), ..bill.queues[0].clone() };
        bill.queues.push(queue);
    });
    let world = world.await;
    world.charged(CYD, 1).await;
    let place = NewToken { id: world.new_id(), queue: lonely, user: CYD, concert: None, joined_at: world.now() };
    world.commit(&Change { join: Some(place), ..Change::default() }).await.unwrap();
    let seen = world.load(Load::Tick { queue: lonely, at_most: 1 }).await;
    assert_eq!((seen.waiting, seen.sellable), (1, None));
}

/// [`Load::Tick`]: `sellable` if there is a seat whose row is AVAILABLE or HELD, lapsed or not; not if all are RESERVED or BLOCKED.
pub async fn a_tick_load_sees_whether_a_seat_is_free_or_may_be_again(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let ada = world.admitted_to(ADA, OTHER_CONCERT).await;
    let ben = world.admitted_to(BEN, OTHER_CONCERT).await;
    world.join(CYD, Some(OTHER_CONCERT)).await;
    world.charged(ADA, 100_000).await;
    world.charged(BEN, 100_000).await;
    let kept = world.held(ada, OTHER_DATE, &[1]).await;
    let payment = world.paid(ada, kept.id).await;
    let hold = world.held(ben, OTHER_DATE, &[2]).await;
    assert_eq!(sellable(&world, OTHER_QUEUE).await, Some(true), "one is available");

    let last = world.seats(OTHER_DATE, &[3]).await.remove(0);
    let block = Seat::restore(last.schedule, last.number, last.label.clone(), last.price, SeatState::Blocked);
    world.commit(&Change { seats: vec![Write::update(&last, block)], ..Change::default() }).await.unwrap();
    assert_eq!(sellable(&world, OTHER_QUEUE).await, Some(true), "one is held");
    world.pass_seconds(301);
    assert_eq!(sellable(&world, OTHER_QUEUE).await, Some(true), "its hold has lapsed");
    world.pass_seconds(-301);
    world.paid(ben, hold.id).await;
    assert_eq!(sellable(&world, OTHER_QUEUE).await, Some(false), "two are sold and one is blocked");
    world.refunded(ADA, payment.id).await;
    assert_eq!(sellable(&world, OTHER_QUEUE).await, Some(true), "one came back");
}

/// [`Load::Tick`]: `sellable`: only dates count whose sale has not closed at `now`.
pub async fn a_tick_load_leaves_out_dates_whose_sale_has_closed(adapter: &dyn Adapter) {
    let second = ScheduleId(uuid::Uuid::from_u128(8));
    let world = with_bill(adapter, 2, |bill| {
        let first = bill.schedules.iter().find(|date| date.id == OTHER_DATE).unwrap().clone();
        let later = Schedule { id: second, sale_closes_at: first.sale_closes_at + Duration::DAY, ..first };
        let seats: Vec<Seat> = bill.seats.iter().filter(|seat| seat.schedule == OTHER_DATE).cloned().collect();
        bill.seats.extend(seats.into_iter().map(|seat| Seat::new(second, seat.number, seat.label, seat.price)));
        bill.schedules.push(later);
    });
    let world = world.await;
    let closes = world.schedule(OTHER_DATE).await.unwrap().sale_closes_at;
    blocked(&world, second).await;
    world.clock.advance(closes - world.now() - MOMENT);
    assert_eq!(sellable(&world, OTHER_QUEUE).await, Some(true), "a moment before the sale closes");
    world.clock.advance(MOMENT);
    assert_eq!(sellable(&world, OTHER_QUEUE).await, Some(false), "the other date has no seat");

    let dateless = with_bill(adapter, 2, |bill| {
        bill.schedules.retain(|date| date.id != OTHER_DATE);
        bill.seats.retain(|seat| seat.schedule != OTHER_DATE);
    });
    assert_eq!(sellable(&dateless.await, OTHER_QUEUE).await, Some(false), "a concert without a date");
}

/// [`Load::Tick`]: `sellable` if any of the queue's concerts has a seat, and only of the queue's.
pub async fn a_tick_load_looks_at_all_concerts_of_its_line(adapter: &dyn Adapter) {
    let twins = |bill: &mut Programme| {
        bill.concerts.iter_mut().filter(|concert| concert.id == NEIGHBOUR).for_each(|concert| concert.queue = OTHER_QUEUE);
    };
    for first in [OTHER_DATE, NEIGHBOUR_DATE] {
        let world = with_bill(adapter, 2, twins).await;
        blocked(&world, first).await;
        assert_eq!(sellable(&world, OTHER_QUEUE).await, Some(true), "the other concert has seats");
        blocked(&world, if first == OTHER_DATE { NEIGHBOUR_DATE } else { OTHER_DATE }).await;
        assert_eq!(sellable(&world, OTHER_QUEUE).await, Some(false), "those of concerts behind another queue don't count");
    }
}
