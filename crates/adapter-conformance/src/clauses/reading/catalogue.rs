//! The catalogue port.

use application::PageRequest;
use application::testing::CatalogueFixture;
use domain::change::Admission;
use domain::need::QueueHead;
use domain::queue::PolicyOverrides;
use domain::{Concert, ConcertId, Queue, QueueId, QueueState, Schedule, ScheduleId, Seat, SeatState, Version, Versioned, Zone};
use time::Duration;
use uuid::Uuid;

use crate::Adapter;
use crate::world::{
    CONCERT, NEIGHBOUR, NEIGHBOUR_SCHEDULE, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, World, a_catalogue,
    a_small_catalogue, seat_number, won,
};

/// `queues`: always includes [`Queue::DEFAULT`], which is initially open, empty and without a policy of its own.
pub async fn the_default_queue_always_exists(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let queues = world.ports.catalogue.queues().await.unwrap();
    assert_eq!(queues.len(), 1);
    let queue = &queues[0];
    assert_eq!((queue.id(), queue.state(), queue.overrides()), (Queue::DEFAULT, QueueState::Open, PolicyOverrides::default()));
    assert_eq!(world.queue(Queue::DEFAULT).await.as_ref(), Some(&queues[0]));
    let line = world.find(QueueHead { queue: Queue::DEFAULT, at_most: 1 }).await.unwrap();
    assert_eq!((line.admission.version, line.active, line.waiting), (Version::FIRST, 0, 0));
    assert_eq!(world.join(crate::world::ADA, None).await.number(), 1);
}

/// `concerts`, `schedules`, `seats`: none in an empty store.
pub async fn an_empty_store_has_an_empty_catalogue(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    assert_eq!(world.ports.catalogue.concerts(PageRequest { after: None, size: 10 }).await.unwrap(), []);
    assert_eq!(world.concert(CONCERT).await, None);
    assert_eq!(world.ports.catalogue.schedules(CONCERT).await.unwrap(), []);
    assert_eq!(world.schedule(SCHEDULE).await, None);
    assert_eq!(world.ports.catalogue.seats(SCHEDULE).await.unwrap(), []);
    assert_eq!(world.queue(OTHER_QUEUE).await, None);
    world.assert_audit_is_clean().await;
}

/// `insert_into`: adds the complete catalogue, all rows unchanged.
pub async fn an_added_catalogue_is_returned(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let catalogue = a_catalogue(3, world.now());
    catalogue.insert_into(&*world.ports.store).await;
    assert_eq!(world.queue(OTHER_QUEUE).await, Some(first(&catalogue.queues[0])));
    for concert in &catalogue.concerts {
        assert_eq!(world.concert(concert.id()).await, Some(first(concert)));
    }
    for schedule in &catalogue.schedules {
        assert_eq!(world.schedule(schedule.id()).await, Some(first(schedule)));
        let seats: Vec<_> = catalogue.seats.iter().filter(|seat| seat.schedule() == schedule.id()).map(first).collect();
        assert_eq!(world.ports.catalogue.seats(schedule.id()).await.unwrap(), seats);
    }
    let admission = world.find(QueueHead { queue: OTHER_QUEUE, at_most: 1 }).await.unwrap().admission;
    assert_eq!(admission, Versioned::new(Version::FIRST, Admission::new(OTHER_QUEUE)));
}

/// `insert_into`: keeps every field of a queue, a schedule and a seat: policies, messages, zones, instants to the microsecond, blocked seats.
pub async fn every_field_of_the_catalogue_is_kept(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let mut catalogue = a_catalogue(3, world.now() + Duration::microseconds(250_001));
    let all_set = PolicyOverrides {
        capacity: Some(7),
        batch: Some(u32::MAX),
        active: Some(Duration::seconds(90)),
        claim: Some(Duration::seconds(30)),
        max_waiting: Some(0),
    };
    catalogue.queues[0] = catalogue.queues[0].clone().with_overrides(all_set);
    let silent = |id, overrides| Queue::new(QueueId(Uuid::from_u128(id)), "läßt warten".into(), overrides, None);
    catalogue.queues.push(silent(9, PolicyOverrides::default()).restore(QueueState::Paused));
    catalogue.queues.push(silent(8, all_set).restore(QueueState::Closed));
    catalogue.concerts[0] = catalogue.concerts[0].clone().announce("O'Brien's \"Ünplugged\" — 밤 🎸".into(), "Frontrow".into());
    // The second zone is in no release of the IANA database: stored zones stay readable.
    for (schedule, zone) in catalogue.schedules.iter_mut().zip([Zone::new("America/Argentina/Buenos_Aires"), Zone::restore("Europe/Kiyv")])
    {
        let sale = schedule.sale_opens_at()..schedule.sale_closes_at();
        *schedule = schedule.clone().reschedule(schedule.starts_at(), zone.unwrap(), sale).unwrap();
    }
    let (schedule, number) = (catalogue.seats[0].schedule(), catalogue.seats[0].number());
    catalogue.seats[0] = Seat::restore(schedule, number, "Loge «1» 'a'".into(), won(i64::MAX), SeatState::Blocked);
    catalogue.insert_into(&*world.ports.store).await;

    let queues = world.ports.catalogue.queues().await.unwrap();
    let ids: Vec<_> = queues.iter().map(|queue| queue.id()).collect();
    assert!(ids.is_sorted() && ids.len() == 4, "by id");
    for queue in &catalogue.queues {
        assert!(queues.contains(&first(queue)), "{queue:?} in {queues:?}");
        assert_eq!(world.queue(queue.id()).await, Some(first(queue)));
    }
    assert_eq!(world.concert(CONCERT).await, Some(first(&catalogue.concerts[0])));
    for schedule in &catalogue.schedules {
        assert_eq!(world.schedule(schedule.id()).await, Some(first(schedule)));
    }
    assert_eq!(world.seats(SCHEDULE, &[1]).await, [first(&catalogue.seats[0])]);
}

/// `concerts`: ordered by id, after the page's cursor, up to its size.
pub async fn concerts_are_paged_by_id(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let ids: Vec<ConcertId> = [5_u128, 1 << 127, 3, 1 << 64, 4].into_iter().map(|id| ConcertId(Uuid::from_u128(id))).collect();
    let concert = |id: &ConcertId| Concert::new(*id, id.to_string(), "Frontrow".into(), Queue::DEFAULT);
    let catalogue = CatalogueFixture { concerts: ids.iter().map(concert).collect(), ..CatalogueFixture::default() };
    catalogue.insert_into(&*world.ports.store).await;
    let mut expected = ids;
    expected.sort();
    for size in 1..=6 {
        let mut seen: Vec<ConcertId> = Vec::new();
        loop {
            let after = seen.last().copied();
            let page = world.ports.catalogue.concerts(PageRequest { after, size }).await.unwrap();
            assert!(page.len() <= usize::try_from(size).unwrap());
            if page.is_empty() {
                break;
            }
            seen.extend(page.iter().map(|concert| concert.id()));
            assert!(seen.len() <= expected.len(), "pages of {size} don't end");
        }
        assert_eq!(seen, expected, "pages of {size}");
    }
    let between = Some(ConcertId(Uuid::from_u128(6)));
    let page = world.ports.catalogue.concerts(PageRequest { after: between, size: 1 }).await.unwrap();
    assert_eq!(page[0].id(), expected[3], "the cursor need not be an existing id");
}

/// `concerts_of`: the concerts of a queue, ordered by id.
pub async fn concerts_are_found_by_their_queue(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 1).await;
    let catalogue = &world.ports.catalogue;
    let of = async |queue| catalogue.concerts_of(queue).await.unwrap();
    let mut expected = vec![world.concert(CONCERT).await.unwrap(), world.concert(NEIGHBOUR).await.unwrap()];
    expected.sort_by_key(|concert| concert.id());
    assert_eq!(of(Queue::DEFAULT).await, expected);
    assert_eq!(of(OTHER_QUEUE).await, [world.concert(OTHER_CONCERT).await.unwrap()]);
    assert_eq!(of(world.new_id()).await, []);
}

/// `schedules_by_id`: the existing schedules, each once.
pub async fn schedules_are_found_by_their_ids(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 1).await;
    let mut seen = world.ports.catalogue.schedules_by_id(&[OTHER_SCHEDULE, SCHEDULE, world.new_id(), OTHER_SCHEDULE]).await.unwrap();
    seen.sort_by_key(|schedule| schedule.id());
    assert_eq!(seen, world.schedules(&[SCHEDULE, OTHER_SCHEDULE]).await);
    assert_eq!(world.ports.catalogue.schedules_by_id(&[]).await.unwrap(), []);
}

/// `schedules`: all schedules of a concert, ordered by start, then id; none if the concert doesn't exist.
pub async fn schedules_are_ordered_by_start_then_id(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let mut catalogue = a_small_catalogue(1, world.now());
    let schedule = catalogue.schedules[0].clone();
    let days = [(30, 5), (29, 3), (28, 9), (27, 3), (1, 4)];
    catalogue.schedules = days
        .into_iter()
        .map(|(id, day)| {
            let (starts_at, sale) = (schedule.starts_at() + Duration::days(day), schedule.sale_opens_at()..schedule.sale_closes_at());
            Schedule::new(ScheduleId(Uuid::from_u128(id)), CONCERT, starts_at, schedule.zone().clone(), sale)
        })
        .collect();
    catalogue.seats = vec![];
    catalogue.insert_into(&*world.ports.store).await;
    let seen: Vec<u128> =
        world.ports.catalogue.schedules(CONCERT).await.unwrap().iter().map(|schedule| schedule.id().0.as_u128()).collect();
    assert_eq!(seen, [27, 29, 1, 30, 28]);
    assert_eq!(world.ports.catalogue.schedules(NEIGHBOUR).await.unwrap(), []);
}

/// `schedules`, `seats`: only those of the concert and of the schedule.
pub async fn schedules_and_seats_of_others_are_left_out(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for (concert, expected) in
        [(CONCERT, vec![SCHEDULE, SECOND_SCHEDULE]), (NEIGHBOUR, vec![NEIGHBOUR_SCHEDULE]), (OTHER_CONCERT, vec![OTHER_SCHEDULE])]
    {
        let schedules = world.ports.catalogue.schedules(concert).await.unwrap();
        assert_eq!(schedules.iter().map(|schedule| schedule.id()).collect::<Vec<_>>(), expected);
        for schedule in schedules {
            let seats = world.ports.catalogue.seats(schedule.id()).await.unwrap();
            assert_eq!(
                seats.iter().map(|seat| (seat.schedule(), seat.number().get())).collect::<Vec<_>>(),
                [(schedule.id(), 1), (schedule.id(), 2)]
            );
        }
    }
}

/// `seats`: all seats of a schedule, ordered by number.
pub async fn seats_are_ordered_by_number(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let mut catalogue = a_small_catalogue(120, world.now());
    catalogue.seats.reverse();
    catalogue.seats.swap(3, 70);
    catalogue.insert_into(&*world.ports.store).await;
    let seats = world.ports.catalogue.seats(SCHEDULE).await.unwrap();
    assert!(seats.iter().map(|seat| seat.number().get()).eq(1..=120));
    assert_eq!(seats[99].number(), seat_number(100));
}

fn first<T: Clone>(row: &T) -> Versioned<T> {
    Versioned::new(Version::FIRST, row.clone())
}
