//! Holds that have ended by their deadlines or by their schedules' cancellations, as a sweep loads them.

use domain::decide::admin::schedule;
use domain::loaded::LoadedReservation;
use domain::need::LapsedHolds;
use domain::{ReservationId, ScheduleId};
use time::Duration;

use super::with_seats;
use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CYD, MOMENT, SCHEDULE, SECOND_SCHEDULE, World, readable, reservation_in};

struct Hold {
    id: ReservationId,
    seats: [u32; 2],
}

async fn expected(world: &World, holds: &[Hold]) -> Vec<LoadedReservation> {
    let mut found = Vec::new();
    for hold in holds {
        found.push(with_seats(world, hold.id, 1, &hold.seats).await);
    }
    found
}

/// Returns the holds that a sweep finds, up to `at_most`.
async fn found(world: &World, at_most: u32) -> Vec<LoadedReservation> {
    readable(world.find(world.lapsed_holds(at_most)).await)
}

/// [`LapsedHolds`]: reservations that are HELD by their rows and past their deadline, the earliest deadline first, up to `at_most`, each
/// with its schedule and its seats.
pub async fn lapsed_holds_are_ordered_by_deadline(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let mut passes = Vec::new();
    for user in [ADA, BEN, CYD] {
        passes.push(world.admitted(user).await);
        world.claimed(*passes.last().unwrap()).await;
    }
    let mut holds: Vec<Hold> = Vec::new();
    // Created in the opposite order of their ids, so that the order of deadlines differs from that of ids.
    for (pass, schedule, seats, id) in
        [(passes[2], SCHEDULE, [5, 6], 3_u32), (passes[1], SECOND_SCHEDULE, [3, 4], 2), (passes[0], SCHEDULE, [1, 2], 1)]
    {
        let mut command = world.a_hold(pass, schedule, &seats);
        command.id = ReservationId(uuid::Uuid::from_u128(u128::from(id)));
        let reservation = reservation_in(world.run(&command).await.unwrap().outcome);
        assert_eq!(reservation.schedule(), schedule);
        holds.push(Hold { id: reservation.id(), seats });
        world.pass_seconds(10);
    }
    let first_deadline = world.ports.reservations.reservation(holds[0].id).await.unwrap().unwrap().expires_at();

    world.clock.advance(first_deadline - world.now() - MOMENT);
    assert_eq!(found(&world, ALL).await, [], "a moment before the first deadline");
    world.clock.advance(MOMENT);
    assert_eq!(found(&world, ALL).await, expected(&world, &holds[..1]).await, "a hold lapses at its deadline");

    world.pass_seconds(60);
    assert_eq!(found(&world, ALL).await, expected(&world, &holds).await, "all holds, the earliest deadline first");
    assert_eq!(found(&world, 2).await, expected(&world, &holds[..2]).await, "the two earliest holds");
    assert_eq!(found(&world, 0).await, []);
    let each = world.find([1, 3, 0, 2].map(|at_most| world.lapsed_holds(at_most)).to_vec()).await;
    assert_eq!(each.iter().map(Vec::len).collect::<Vec<_>>(), [1, 3, 0, 2], "each need up to its own limit");
    world.clock.advance(Duration::days(30));
    assert_eq!(found(&world, ALL).await, expected(&world, &holds).await, "lapsed long ago");

    assert_eq!(world.sweep().await, 3);
    assert_eq!(found(&world, ALL).await, []);
}

/// [`LapsedHolds`]: after the lapsed holds, the HELD reservations of schedules that were cancelled less than `longest` ago, each once.
pub async fn holds_of_cancelled_schedules_follow_lapsed_holds(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let [ada, ben, cyd] = [world.admitted(ADA).await, world.admitted(BEN).await, world.admitted(CYD).await];
    for pass in [ada, ben, cyd] {
        world.claimed(pass).await;
    }
    let first = Hold { id: world.held(ada, SCHEDULE, &[1, 2]).await.id(), seats: [1, 2] };
    world.pass_seconds(60);
    let second = Hold { id: world.held(ben, SCHEDULE, &[3, 4]).await.id(), seats: [3, 4] };
    let third = Hold { id: world.held(cyd, SECOND_SCHEDULE, &[5, 6]).await.id(), seats: [5, 6] };
    world.bought(world.new_id(), SCHEDULE, &[6]).await;
    let (all, third) = ([first, second], [third]);
    let cancel = |id: ScheduleId| schedule::Cancel { order: world.an_order(CYD), id };
    assert_eq!(found(&world, ALL).await, []);

    world.run(&cancel(SCHEDULE)).await.unwrap();
    let mut both = found(&world, ALL).await;
    both.sort_by_key(|hold| hold.reservation.expires_at());
    assert_eq!(
        both,
        expected(&world, &all).await,
        "both holds of the cancelled schedule, without the paid reservation and the other schedule's hold"
    );
    assert_eq!(found(&world, 1).await.len(), 1);
    assert_eq!(found(&world, 0).await, []);
    let longest = |longest| LapsedHolds { at_most: ALL, longest };
    assert_eq!(world.find(longest(Duration::ZERO)).await, [], "not cancelled less than zero ago");
    world.pass_seconds(10);
    let lengths = [Duration::seconds(10), Duration::seconds(10) + MOMENT, Duration::SECOND];
    let each = world.find(lengths.map(longest).to_vec()).await;
    assert_eq!(each.iter().map(Vec::len).collect::<Vec<_>>(), [0, 2, 0], "each need by its own `longest`");

    world.run(&cancel(SECOND_SCHEDULE)).await.unwrap();
    let latest = LapsedHolds { at_most: 1, longest: Duration::SECOND };
    let seen = readable(world.find(latest).await);
    assert_eq!(seen, expected(&world, &third).await, "holds of a schedule that was cancelled longer ago are left out");

    world.pass_seconds(230);
    let (seen, lapsed) = (found(&world, ALL).await, expected(&world, &all[..1]).await);
    assert_eq!((seen.len(), &seen[..1]), (3, &lapsed[..]), "the lapsed hold first");
    assert_eq!(found(&world, 1).await, lapsed, "only the lapsed hold");
    assert_eq!(readable(world.find(longest(Duration::ZERO)).await), lapsed, "a lapsed hold is found by its deadline");
    assert_eq!(world.sweep().await, 3);
    assert_eq!(found(&world, ALL).await, []);
}

/// [`LapsedHolds`]: paid, refunded and released reservations are never found.
pub async fn paid_and_released_holds_never_lapse(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let (_, payment) = world.bought(CYD, SCHEDULE, &[3]).await;
    world.refunded(CYD, payment.id()).await;
    world.bought(ADA, SCHEDULE, &[1]).await;
    let ben = world.admitted(BEN).await;
    let hold = world.held(ben, SCHEDULE, &[2]).await;
    world.released(BEN, hold.id()).await;
    world.pass_seconds(3_600);
    assert_eq!(found(&world, ALL).await, []);
}
