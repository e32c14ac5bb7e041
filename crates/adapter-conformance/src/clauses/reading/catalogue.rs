//! The port of what is on offer.

use application::PageRequest;
use application::testing::Programme;
use domain::need::Line;
use domain::queue::PolicyOverrides;
use domain::{Concert, ConcertId, Queue, QueueId, QueueState, Schedule, ScheduleId, Seat, SeatState, Version, Versioned, Zone};
use time::Duration;
use uuid::Uuid;

use crate::Adapter;
use crate::world::{
    CONCERT, DATE, NEIGHBOUR, NEIGHBOUR_DATE, OTHER_CONCERT, OTHER_DATE, OTHER_QUEUE, SECOND_DATE, World, a_bill, a_small_bill,
    seat_number, won,
};

/// `queues`: [`Queue::DEFAULT`] is always among them: from the start, open, with no policy of its own; its line is empty.
pub async fn the_default_queue_is_there_from_the_start(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let queues = world.ports.catalogue.queues().await.unwrap();
    assert_eq!(queues.len(), 1);
    let queue = &queues[0];
    assert_eq!((queue.id(), queue.state(), queue.overrides()), (Queue::DEFAULT, QueueState::Open, PolicyOverrides::default()));
    assert_eq!(world.queue(Queue::DEFAULT).await.as_ref(), Some(&queues[0]));
    let line = world.find(Line { queue: Queue::DEFAULT, at_most: 1 }).await.unwrap();
    assert_eq!((line.admission, line.active, line.waiting), (Version::FIRST, 0, 0));
    assert_eq!(world.join(crate::world::ADA, None).await.number(), 1);
}

/// `concerts`, `schedules`, `seats`: an empty store has none.
pub async fn an_empty_store_has_nothing_on(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    assert_eq!(world.ports.catalogue.concerts(PageRequest { after: None, size: 10 }).await.unwrap(), []);
    assert_eq!(world.concert(CONCERT).await, None);
    assert_eq!(world.ports.catalogue.schedules(CONCERT).await.unwrap(), []);
    assert_eq!(world.schedule(DATE).await, None);
    assert_eq!(world.ports.catalogue.seats(DATE).await.unwrap(), []);
    assert_eq!(world.queue(OTHER_QUEUE).await, None);
    world.assert_audit_is_clean().await;
}

/// `put_on`: adds the whole programme, everything as it was given.
pub async fn what_is_put_on_is_on_offer(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let bill = a_bill(3, world.now());
    bill.put_on(&*world.ports.store).await;
    assert_eq!(world.queue(OTHER_QUEUE).await, Some(first(&bill.queues[0])));
    for concert in &bill.concerts {
        assert_eq!(world.concert(concert.id()).await, Some(first(concert)));
    }
    for date in &bill.schedules {
        assert_eq!(world.schedule(date.id()).await, Some(first(date)));
        let seats: Vec<_> = bill.seats.iter().filter(|seat| seat.schedule() == date.id()).map(first).collect();
        assert_eq!(world.ports.catalogue.seats(date.id()).await.unwrap(), seats);
    }
    assert_eq!(world.find(Line { queue: OTHER_QUEUE, at_most: 1 }).await.unwrap().admission, Version::FIRST);
}

/// `put_on`: every part of a queue, a date and a seat is kept: policies, messages, zones, instants to the microsecond, blocked seats.
pub async fn every_part_of_a_programme_is_kept(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let mut bill = a_bill(3, world.now() + Duration::microseconds(250_001));
    let all_set = PolicyOverrides {
        capacity: Some(7),
        batch: Some(u32::MAX),
        active: Some(Duration::seconds(90)),
        claim: Some(Duration::seconds(30)),
        max_waiting: Some(0),
    };
    bill.queues[0] = bill.queues[0].clone().with_overrides(all_set);
    let silent = |id, overrides| Queue::new(QueueId(Uuid::from_u128(id)), "läßt warten".into(), overrides, None);
    bill.queues.push(silent(9, PolicyOverrides::default()).restore(QueueState::Paused));
    bill.queues.push(silent(8, all_set).restore(QueueState::Closed));
    bill.concerts[0] = bill.concerts[0].clone().announce("O'Brien's \"Ünplugged\" — 밤 🎸".into(), "Frontrow".into());
    // The second is in no release of the IANA database: whatever was planned stays readable.
    for (date, zone) in bill.schedules.iter_mut().zip([Zone::new("America/Argentina/Buenos_Aires"), Zone::restore("Europe/Kiyv")]) {
        let sale = date.sale_opens_at()..date.sale_closes_at();
        *date = date.clone().reschedule(date.starts_at(), zone.unwrap(), sale).unwrap();
    }
    let (schedule, number) = (bill.seats[0].schedule(), bill.seats[0].number());
    bill.seats[0] = Seat::restore(schedule, number, "Loge «1» 'a'".into(), won(i64::MAX), SeatState::Blocked);
    bill.put_on(&*world.ports.store).await;

    let queues = world.ports.catalogue.queues().await.unwrap();
    let ids: Vec<_> = queues.iter().map(|queue| queue.id()).collect();
    assert!(ids.is_sorted() && ids.len() == 4, "by id");
    for queue in &bill.queues {
        assert!(queues.contains(&first(queue)), "{queue:?} in {queues:?}");
        assert_eq!(world.queue(queue.id()).await, Some(first(queue)));
    }
    assert_eq!(world.concert(CONCERT).await, Some(first(&bill.concerts[0])));
    for date in &bill.schedules {
        assert_eq!(world.schedule(date.id()).await, Some(first(date)));
    }
    assert_eq!(world.seats(DATE, &[1]).await, [first(&bill.seats[0])]);
}

/// `concerts`: in the order of their ids, those after the page's cursor, so many.
pub async fn concerts_come_in_pages_by_id(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let ids: Vec<ConcertId> = [5_u128, 1 << 127, 3, 1 << 64, 4].into_iter().map(|id| ConcertId(Uuid::from_u128(id))).collect();
    let concert = |id: &ConcertId| Concert::new(*id, id.to_string(), "Frontrow".into(), Queue::DEFAULT);
    let bill = Programme { concerts: ids.iter().map(concert).collect(), ..Programme::default() };
    bill.put_on(&*world.ports.store).await;
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
            assert!(seen.len() <= expected.len(), "pages of {size} go round and round");
        }
        assert_eq!(seen, expected, "pages of {size}");
    }
    let between = Some(ConcertId(Uuid::from_u128(6)));
    let page = world.ports.catalogue.concerts(PageRequest { after: between, size: 1 }).await.unwrap();
    assert_eq!(page[0].id(), expected[3], "a cursor need not be there");
}

/// `concerts_of`: the concerts behind a queue, by id.
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

/// `schedules_by_id`: those of the dates that exist, each once.
pub async fn dates_are_found_by_their_ids(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 1).await;
    let mut seen = world.ports.catalogue.schedules_by_id(&[OTHER_DATE, DATE, world.new_id(), OTHER_DATE]).await.unwrap();
    seen.sort_by_key(|date| date.id());
    assert_eq!(seen, world.schedules(&[DATE, OTHER_DATE]).await);
    assert_eq!(world.ports.catalogue.schedules_by_id(&[]).await.unwrap(), []);
}

/// `schedules`: all dates of a concert, by start, then id; none if it doesn't exist.
pub async fn dates_come_by_start_then_id(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let mut bill = a_small_bill(1, world.now());
    let date = bill.schedules[0].clone();
    let days = [(30, 5), (29, 3), (28, 9), (27, 3), (1, 4)];
    bill.schedules = days
        .into_iter()
        .map(|(id, day)| {
            let (starts_at, sale) = (date.starts_at() + Duration::days(day), date.sale_opens_at()..date.sale_closes_at());
            Schedule::new(ScheduleId(Uuid::from_u128(id)), CONCERT, starts_at, date.zone().clone(), sale)
        })
        .collect();
    bill.seats = vec![];
    bill.put_on(&*world.ports.store).await;
    let seen: Vec<u128> = world.ports.catalogue.schedules(CONCERT).await.unwrap().iter().map(|date| date.id().0.as_u128()).collect();
    assert_eq!(seen, [27, 29, 1, 30, 28]);
    assert_eq!(world.ports.catalogue.schedules(NEIGHBOUR).await.unwrap(), []);
}

/// `schedules`, `seats`: those of that concert, of that date, and no other's.
pub async fn dates_and_seats_are_their_owns(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for (concert, expected) in [(CONCERT, vec![DATE, SECOND_DATE]), (NEIGHBOUR, vec![NEIGHBOUR_DATE]), (OTHER_CONCERT, vec![OTHER_DATE])] {
        let dates = world.ports.catalogue.schedules(concert).await.unwrap();
        assert_eq!(dates.iter().map(|date| date.id()).collect::<Vec<_>>(), expected);
        for date in dates {
            let seats = world.ports.catalogue.seats(date.id()).await.unwrap();
            assert_eq!(
                seats.iter().map(|seat| (seat.schedule(), seat.number().get())).collect::<Vec<_>>(),
                [(date.id(), 1), (date.id(), 2)]
            );
        }
    }
}

/// `seats`: all of a date, by number.
pub async fn seats_come_by_number(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let mut bill = a_small_bill(120, world.now());
    bill.seats.reverse();
    bill.seats.swap(3, 70);
    bill.put_on(&*world.ports.store).await;
    let seats = world.ports.catalogue.seats(DATE).await.unwrap();
    assert!(seats.iter().map(|seat| seat.number().get()).eq(1..=120));
    assert_eq!(seats[99].number(), seat_number(100));
}

fn first<T: Clone>(row: &T) -> Versioned<T> {
    Versioned::new(Version::FIRST, row.clone())
}
