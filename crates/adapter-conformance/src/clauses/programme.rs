//! The port that fills the catalogue.

use application::ports::ProgrammeError;

use crate::Adapter;
use crate::world::{ADA, CONCERT, DATE, World, a_bill, a_small_bill, seat_number, seat_price};

/// `put_on`: [`ProgrammeError::NotEmpty`] if the store has concerts; nothing has changed then.
pub async fn a_programme_is_put_on_once(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    world.ports.programme.put_on(&a_small_bill(2, world.now())).await.unwrap();
    world.bought(ADA, DATE, &[1]).await;
    let before = world.everything().await;
    for bill in [a_small_bill(2, world.now()), a_bill(9, world.now())] {
        let refused = world.ports.programme.put_on(&bill).await;
        assert!(matches!(refused, Err(ProgrammeError::NotEmpty)), "{refused:?}");
        assert_eq!(world.everything().await, before);
    }
}

/// `put_on`: of two at once one is put on, whole.
pub async fn of_two_programmes_at_once_one_is_put_on(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let tasks = [3, 4].map(|seats| {
        let (programme, bill) = (world.ports.programme.clone(), a_bill(seats, world.now()));
        tokio::spawn(async move { programme.put_on(&bill).await })
    });
    let mut put_on = Vec::new();
    for (task, seats) in tasks.into_iter().zip([3, 4]) {
        match task.await.unwrap() {
            Ok(()) => put_on.push(seats),
            Err(error) => assert!(matches!(error, ProgrammeError::NotEmpty), "{error:?}"),
        }
    }
    assert_eq!(put_on.len(), 1);
    assert_eq!(world.ports.catalogue.seats(DATE).await.unwrap().len(), put_on[0]);
}

/// `put_on`: [`ProgrammeError::Invalid`] if it contradicts itself or the store; no part of it is put on.
pub async fn a_programme_is_put_on_whole_or_not_at_all(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let good = a_bill(2, world.now());
    let mut twice = good.clone();
    twice.seats.push(good.seats[0].clone());
    let mut nowhere = good.clone();
    nowhere.concerts[2].queue = world.new_id();
    let mut dateless = good.clone();
    dateless.schedules.pop();
    let mut concertless = good.clone();
    concertless.concerts.pop();
    let mut same_queue = good.clone();
    same_queue.queues[0].id = domain::Queue::DEFAULT;
    same_queue.concerts[2].queue = domain::Queue::DEFAULT;
    let bad = [
        ("a seat twice", twice),
        ("a concert of an unknown queue", nowhere),
        ("seats of an unknown date", dateless),
        ("a date of an unknown concert", concertless),
        ("a queue that exists", same_queue),
    ];
    let before = world.everything().await;
    for (what, bill) in bad {
        let refused = world.ports.programme.put_on(&bill).await;
        assert!(matches!(refused, Err(ProgrammeError::Invalid(_))), "{what}: {refused:?}");
        assert_eq!(world.everything().await, before, "{what}");
    }
    world.ports.programme.put_on(&good).await.unwrap();
}

/// `put_on`: a hall may be large.
pub async fn a_hall_of_15000_seats_is_put_on(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    world.ports.programme.put_on(&a_small_bill(15_000, world.now())).await.unwrap();
    let seats = world.ports.catalogue.seats(DATE).await.unwrap();
    assert!(seats.iter().map(|seat| seat.number.get()).eq(1..=15_000));
    assert!(seats.iter().all(|seat| seat.price == seat_price(seat.number.get())));
    let pass = world.admitted_to(ADA, CONCERT).await;
    let hold = world.held(pass, DATE, &[1, 7_500, 15_000]).await;
    assert_eq!(hold.numbers().collect::<Vec<_>>(), [1, 7_500, 15_000].map(seat_number));
}
