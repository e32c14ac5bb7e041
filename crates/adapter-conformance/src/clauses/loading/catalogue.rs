//! Queues, concerts and schedules.

use domain::decide::admin::schedule;
use domain::loaded::{ConcertUse, LoadedConcert, LoadedSchedule};
use domain::need::{Concert, ConcertInUse, Queue, Schedule};
use domain::{ConcertId, ScheduleId};
use uuid::Uuid;

use super::with_schedules;
use crate::Adapter;
use crate::world::{
    ADA, BEN, CONCERT, CYD, NEIGHBOUR, NEIGHBOUR_SCHEDULE, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, World,
    a_catalogue,
};

/// [`Queue`]: the queue with this id.
pub async fn a_queue_is_found_by_its_id(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for id in [OTHER_QUEUE, domain::Queue::DEFAULT] {
        let queue = world.queue(id).await;
        assert!(queue.is_some());
        assert_eq!(world.find(Queue(id)).await, queue);
    }
    assert_eq!(world.find(Queue(world.new_id())).await, None);
    assert_eq!(world.find(None::<Queue>).await, None, "no id is given");
}

/// [`Concert`]: the concert and all of its schedules, cancelled or not, and no others, whatever else is loaded.
pub async fn a_concert_has_all_of_its_schedules(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let both = with_schedules(&world, CONCERT, &[SCHEDULE, SECOND_SCHEDULE]).await;
    assert_eq!(world.find(Concert(CONCERT)).await, Some(both.clone()));
    assert_eq!(world.find(Concert(NEIGHBOUR)).await, Some(with_schedules(&world, NEIGHBOUR, &[NEIGHBOUR_SCHEDULE]).await));
    assert_eq!(world.find(Concert(world.new_id())).await, None);

    // The needs of a new concert, which check that its rows don't exist.
    let schedules = [OTHER_SCHEDULE, SCHEDULE, NEIGHBOUR_SCHEDULE, ScheduleId(Uuid::max())].map(Schedule).to_vec();
    let (concert, queue, schedules) = world.find((Concert(CONCERT), Queue(OTHER_QUEUE), schedules)).await;
    assert_eq!((concert, queue), (Some(both), world.queue(OTHER_QUEUE).await));
    let found: Vec<_> = schedules.into_iter().map(|found| found.map(|found| found.schedule.id())).collect();
    assert_eq!(found, [Some(OTHER_SCHEDULE), Some(SCHEDULE), Some(NEIGHBOUR_SCHEDULE), None]);

    world.run(&schedule::Cancel { order: world.an_order(BEN), id: SCHEDULE }).await.unwrap();
    let cancelled = with_schedules(&world, CONCERT, &[SCHEDULE, SECOND_SCHEDULE]).await;
    assert!(cancelled.schedules[0].cancellation().is_some());
    assert_eq!(world.find(Concert(CONCERT)).await, Some(cancelled), "one schedule is cancelled");
}

/// [`Concert`]: a concert without schedules, and one whose schedules start in another order than that of their ids.
pub async fn a_concert_has_its_schedules_in_order_of_start(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let mut catalogue = a_catalogue(2, world.now());
    catalogue.schedules.retain(|schedule| schedule.id() != OTHER_SCHEDULE);
    catalogue.seats.retain(|seat| seat.schedule() != OTHER_SCHEDULE);
    for schedule in catalogue.schedules.iter_mut().filter(|schedule| schedule.id() == SCHEDULE) {
        *schedule = schedule.clone().with_start(schedule.starts_at() + time::Duration::MINUTE);
    }
    catalogue.insert_into(&*world.ports.store).await;
    assert_eq!(world.find(Concert(CONCERT)).await, Some(with_schedules(&world, CONCERT, &[SECOND_SCHEDULE, SCHEDULE]).await));
    let without_schedules = LoadedConcert { concert: world.concert(OTHER_CONCERT).await.unwrap(), schedules: vec![] };
    assert_eq!(world.find(Concert(OTHER_CONCERT)).await, Some(without_schedules));
}

/// [`Schedule`]: the schedule and its concert.
pub async fn a_schedule_has_its_concert(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for (schedule, concert) in
        [(SCHEDULE, CONCERT), (SECOND_SCHEDULE, CONCERT), (NEIGHBOUR_SCHEDULE, NEIGHBOUR), (OTHER_SCHEDULE, OTHER_CONCERT)]
    {
        let found = LoadedSchedule { schedule: world.schedule(schedule).await.unwrap(), concert: world.concert(concert).await.unwrap() };
        assert_eq!(world.find(Schedule(schedule)).await, Some(found));
    }
    assert_eq!(world.find(Schedule(world.new_id())).await, None);
}

/// [`ConcertInUse`]: whether a reservation of the concert is HELD by its row, within its deadline, and for a schedule that isn't cancelled.
pub async fn a_concert_is_in_use_while_seats_are_held(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let is_held = async |concert: ConcertId| world.find(ConcertInUse(concert)).await.held;
    assert_eq!(world.find(ConcertInUse(CONCERT)).await, ConcertUse::default());
    assert_eq!(world.find(ConcertInUse(world.new_id())).await, ConcertUse::default(), "an unknown concert");
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let hold = world.held(ada, SECOND_SCHEDULE, &[1]).await;
    assert_eq!(world.find(ConcertInUse(CONCERT)).await, ConcertUse { held: true, awaited: false });
    assert!(!is_held(NEIGHBOUR).await && !is_held(OTHER_CONCERT).await);
    world.charged(ADA, 100_000).await;
    world.paid(ada, hold.id()).await;
    assert!(!is_held(CONCERT).await, "the hold is paid");
    world.held(ben, SCHEDULE, &[2]).await;
    world.pass_seconds(299);
    assert!(is_held(CONCERT).await);
    world.pass_seconds(1);
    assert!(!is_held(CONCERT).await, "the hold has lapsed");
    let cyd = world.admitted(CYD).await;
    world.held(cyd, SCHEDULE, &[3]).await;
    assert!(is_held(CONCERT).await);
    world.run(&schedule::Cancel { order: world.an_order(BEN), id: SECOND_SCHEDULE }).await.unwrap();
    assert!(is_held(CONCERT).await, "another schedule is cancelled");
    world.run(&schedule::Cancel { order: world.an_order(BEN), id: SCHEDULE }).await.unwrap();
    assert!(!is_held(CONCERT).await, "the schedule of the hold is cancelled");
}

/// [`ConcertInUse`]: whether a token for the concert in the concert's own queue is WAITING, or ACTIVE and within its deadline.
pub async fn a_concert_is_in_use_while_users_wait_for_it(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let is_awaited = async |concert: ConcertId| world.find(ConcertInUse(concert)).await.awaited;
    assert!(!is_awaited(OTHER_CONCERT).await);
    world.joined(ADA).await;
    assert!(!is_awaited(OTHER_CONCERT).await && !is_awaited(CONCERT).await, "a token without a concert");
    world.join(BEN, Some(NEIGHBOUR)).await;
    assert!(!is_awaited(CONCERT).await && is_awaited(NEIGHBOUR).await, "a token for another concert of the same queue");

    let token = world.join(CYD, Some(OTHER_CONCERT)).await;
    assert_eq!(world.find(ConcertInUse(OTHER_CONCERT)).await, ConcertUse { held: false, awaited: true }, "one user waits");
    // The needs of a change of a concert that keeps its queue.
    let (concert, queue, used) = world.find((Concert(OTHER_CONCERT), None::<Queue>, None::<ConcertInUse>)).await;
    assert_eq!(
        (concert.map(|found| found.concert), queue, used),
        (world.concert(OTHER_CONCERT).await, None, None),
        "the optional needs are absent"
    );
    world.tick(token.queue()).await;
    world.pass_seconds(119);
    assert!(is_awaited(OTHER_CONCERT).await, "one user is active");
    world.pass_seconds(1);
    assert!(!is_awaited(OTHER_CONCERT).await, "the user's deadline has passed");
    let each = world.find([NEIGHBOUR, OTHER_CONCERT, CONCERT].map(ConcertInUse).to_vec()).await;
    assert_eq!(each.iter().map(|used| used.awaited).collect::<Vec<_>>(), [true, false, false], "each concert separately");
}
