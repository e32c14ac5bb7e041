//! What an operator's orders see.

use application::ports::Load;
use domain::decide::desk::date;
use domain::{Context, Queue, ScheduleId};
use uuid::Uuid;

use super::{assert_same, assert_sees_nothing};
use crate::Adapter;
use crate::world::{
    ADA, BEN, CONCERT, CYD, DATE, NEIGHBOUR, NEIGHBOUR_DATE, OTHER_CONCERT, OTHER_DATE, OTHER_QUEUE, SECOND_DATE, World, seat_number,
};

/// [`Load::Queue`]: `queue`.
pub async fn a_queue_load_sees_the_queue(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let seen = world.load(Load::Queue { queue: OTHER_QUEUE }).await;
    assert_same(seen, Context { queue: world.queue(OTHER_QUEUE).await, ..Context::at(world.now()) }, "a queue");
    assert_sees_nothing(&world, Load::Queue { queue: world.new_id() }).await;
}

/// [`Load::Concert`]: `concert`; `queue`: the one named; `schedules`: all its dates by start, then id, after them the others that are named.
pub async fn a_concert_load_sees_its_dates_and_what_is_named_besides(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let schedules = vec![OTHER_DATE, DATE, NEIGHBOUR_DATE, ScheduleId(Uuid::max())];
    let seen = world.load(Load::Concert { concert: CONCERT, queue: Some(OTHER_QUEUE), schedules }).await;
    let mut dates = Vec::new();
    for date in [DATE, SECOND_DATE, NEIGHBOUR_DATE, OTHER_DATE] {
        dates.push(world.schedule(date).await.unwrap());
    }
    let (queue, concert) = (world.queue(OTHER_QUEUE).await, world.concert(CONCERT).await);
    assert_eq!(seen, Context { queue, concert, schedules: dates, ..Context::at(world.now()) });

    let alone = world.load(Load::Concert { concert: NEIGHBOUR, queue: None, schedules: vec![] }).await;
    let schedules = vec![world.schedule(NEIGHBOUR_DATE).await.unwrap()];
    assert_eq!(alone, Context { concert: world.concert(NEIGHBOUR).await, schedules, ..Context::at(world.now()) });
    let (concert, queue) = (world.new_id(), Some(world.new_id()));
    assert_sees_nothing(&world, Load::Concert { concert, queue, schedules: vec![] }).await;
}

/// [`Load::Concert`]: `held`: whether a reservation of the concert is HELD by its row, within its deadline, and for a date that isn't
/// cancelled.
pub async fn a_concert_load_sees_whether_something_is_held(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let is_held = async |concert| world.load(Load::Concert { concert, queue: None, schedules: vec![] }).await.held;
    assert!(!is_held(CONCERT).await);
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let hold = world.held(ada, SECOND_DATE, &[1]).await;
    assert!(is_held(CONCERT).await && !is_held(NEIGHBOUR).await && !is_held(OTHER_CONCERT).await);
    world.charged(ADA, 100_000).await;
    world.paid(ada, hold.id).await;
    assert!(!is_held(CONCERT).await, "it is sold");
    world.held(ben, DATE, &[2]).await;
    world.pass_seconds(299);
    assert!(is_held(CONCERT).await);
    world.pass_seconds(1);
    assert!(!is_held(CONCERT).await, "it has lapsed");
    let cyd = world.admitted(CYD).await;
    world.held(cyd, DATE, &[3]).await;
    assert!(is_held(CONCERT).await);
    world.run(&date::Cancel { order: world.an_order(BEN), id: SECOND_DATE }).await.unwrap();
    assert!(is_held(CONCERT).await, "another date is cancelled");
    world.run(&date::Cancel { order: world.an_order(BEN), id: DATE }).await.unwrap();
    assert!(!is_held(CONCERT).await, "its date is cancelled");
}

/// [`Load::Concert`]: `awaited`, if a queue is named: whether a token of the concert's own queue that names the concert is WAITING, or
/// ACTIVE and within its deadline.
pub async fn a_concert_load_sees_whether_users_wait_for_it(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let is_awaited = async |concert| world.load(Load::Concert { concert, queue: Some(Queue::DEFAULT), schedules: vec![] }).await.awaited;
    assert!(!is_awaited(OTHER_CONCERT).await);
    world.joined(ADA).await;
    assert!(!is_awaited(OTHER_CONCERT).await && !is_awaited(CONCERT).await, "a token that names no concert");
    world.join(BEN, Some(NEIGHBOUR)).await;
    assert!(!is_awaited(CONCERT).await && is_awaited(NEIGHBOUR).await, "a token that names another concert of the same queue");

    let token = world.join(CYD, Some(OTHER_CONCERT)).await;
    assert!(is_awaited(OTHER_CONCERT).await, "one waits");
    let unasked = world.load(Load::Concert { concert: OTHER_CONCERT, queue: None, schedules: vec![] }).await;
    assert!(!unasked.awaited, "no queue is named");
    world.tick(token.queue).await;
    world.pass_seconds(119);
    assert!(is_awaited(OTHER_CONCERT).await, "one is let in");
    world.pass_seconds(1);
    assert!(!is_awaited(OTHER_CONCERT).await, "their deadline has passed");
}

/// [`Load::Seats`]: `schedule` and its `concert`; the `seats` asked for; the HELD `reservations` on them, with all their seats.
pub async fn a_seats_load_sees_the_seats_and_the_holds_on_them(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let hold = world.held(ada, DATE, &[2, 3]).await;
    world.held(ben, DATE, &[5]).await;
    world.bought(world.new_id(), DATE, &[4]).await;
    let load = |seats: &[u32]| Load::Seats { schedule: DATE, seats: seats.iter().map(|number| seat_number(*number)).collect() };
    let nothing = Context { schedule: world.schedule(DATE).await, concert: world.concert(CONCERT).await, ..Context::at(world.now()) };
    let expected = Context {
        seats: world.seats(DATE, &[1, 2, 3, 4]).await,
        reservations: vec![world.reservation(hold.id, 1).await],
        ..nothing.clone()
    };
    assert_same(world.load(load(&[1, 2, 4])).await, expected, "1 is free, 2 is held with 3, 4 is sold");
    assert_same(world.load(load(&[])).await, nothing.clone(), "the date alone");
    assert_same(world.load(load(&[99])).await, nothing, "there is no such seat");
    assert_sees_nothing(&world, Load::Seats { schedule: world.new_id(), seats: vec![seat_number(1)] }).await;
}
