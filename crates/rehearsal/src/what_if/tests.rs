//! Properties of all simulated sales.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ReservationState, SeatNumber, SeatState, TokenStatus};
use proptest::prelude::*;
use time::Duration;

use super::world::World;
use super::{Arrivals, Crowd, InvalidCrowd, Policy, Think, parse, play};

fn policy(text: &str) -> Policy {
    parse(text).unwrap()
}

fn seconds(seconds: u32) -> Duration {
    Duration::seconds(seconds.into())
}

fn a_think() -> impl Strategy<Value = Think> {
    (0..10_u32, 0..60_u32).prop_map(|(least, mean)| Think { least: seconds(least), mean: seconds(mean) })
}

fn some_arrivals() -> impl Strategy<Value = Arrivals> {
    prop_oneof![
        (0..30_u32).prop_map(|within| Arrivals::Burst { within: seconds(within) }),
        (1..300_u32).prop_map(|over| Arrivals::Ramp { over: seconds(over) }),
        (1..50_u32).prop_map(|users| Arrivals::Poisson { users_a_second: users.into() }),
    ]
}

prop_compose! {
    /// Generates users who compete for seats, arrive too late, and abandon their holds.
    fn a_crowd()(
        (users, seats, seed) in (0..120_u32, 1..60_u32, any::<u64>()),
        arrivals in some_arrivals(),
        (never_claim, abandon) in (0.0..0.6_f64, 0.0..0.6_f64),
        seats_wanted in prop::collection::vec(1..5_u32, 1..5),
        (notice, choose, pay) in (a_think(), a_think(), a_think()),
    ) -> Crowd {
        Crowd { users, seats, arrivals, never_claim, abandon, seats_wanted, notice, choose, pay, seed }
    }
}

prop_compose! {
    fn a_policy()(
        capacity in 0..40_u32,
        batch in 1..30_u32,
        tick in 10..5_000_u32,
        (hold, claim, active) in (1..60_u32, 1..60_u32, 1..120_u32),
    ) -> Policy {
        policy(&format!(
            "capacity={capacity},batch={batch},tick_ms={tick},hold_seconds={hold},claim_seconds={claim},active_seconds={active}"
        ))
    }
}

/// Returns the numbers and activation times of the active users.
fn active(world: &World) -> BTreeMap<u64, time::OffsetDateTime> {
    let tokens = world.users.iter().filter_map(|user| user.token.as_ref());
    let active = tokens.filter(|token| token.status(world.now) == TokenStatus::Active);
    active.filter_map(|token| Some((token.number(), token.activated_at()?))).collect()
}

/// Returns the number of sold seats, and asserts that each belongs to exactly one paid reservation.
fn sold(world: &World) -> Result<usize, TestCaseError> {
    let mut sold = BTreeSet::new();
    for reservation in world.reservations.values().filter(|row| matches!(row.state(), ReservationState::Confirmed { .. })) {
        for number in reservation.numbers() {
            prop_assert!(sold.insert(number), "seat {number} is sold twice");
            let row = world.seat_map.seat(number).unwrap().state();
            prop_assert_eq!(row, SeatState::Reserved { reservation: reservation.id() });
        }
    }
    Ok(sold.len())
}

proptest! {
    #[test]
    fn the_promises_hold_at_every_step(crowd in a_crowd(), policy in a_policy()) {
        let mut world = World::new(&crowd, &policy);
        let mut last_admitted = 0;
        let mut before = BTreeMap::new();
        while world.step() {
            let now = active(&world);
            prop_assert!(now.len() <= policy.queue.capacity as usize, "{} active users", now.len());
            for number in now.keys().filter(|number| !before.contains_key(*number)) {
                prop_assert_eq!(*number, last_admitted + 1, "in the order of numbers");
                last_admitted += 1;
            }
            before = now;
        }
        let numbers = (1..=crowd.seats).map(|number| SeatNumber::new(number).unwrap());
        let rows: Vec<_> = numbers.map(|number| world.seat_map.seat(number).unwrap().state()).collect();
        let reserved = rows.iter().filter(|state| matches!(state, SeatState::Reserved { .. })).count();
        prop_assert_eq!(sold(&world)?, reserved);
        prop_assert_eq!(usize::try_from(world.seat_map.sold), Ok(reserved));
        prop_assert!(!rows.iter().any(|state| matches!(state, SeatState::Held { .. })), "every hold has ended");
    }

    #[test]
    fn every_user_is_in_the_statistics(crowd in a_crowd(), policy in a_policy()) {
        let mut world = World::new(&crowd, &policy);
        while world.step() {}
        let end = world.now + Duration::DAY;
        let tokens: Vec<_> = world.users.iter().map(|user| user.token.as_ref().unwrap().status(end)).collect();
        let waiting = tokens.iter().filter(|status| **status == TokenStatus::Waiting).count();
        prop_assert!(!tokens.contains(&TokenStatus::Active));
        let can_admit = !world.seat_map.is_sold_out() && policy.queue.capacity > 0;
        prop_assert!(waiting == 0 || !can_admit, "{waiting} users wait although they can be admitted");
        let result = world.statistics.into_result(&policy, world.queue_state.waiting.len());
        prop_assert_eq!(result.never_admitted, waiting as u64);
        prop_assert_eq!(result.sold, u64::from(world.seat_map.sold));
        prop_assert_eq!(result.sold_out_after_seconds.is_some(), world.seat_map.is_sold_out());
        prop_assert_eq!(result.wait_p50_seconds.is_some(), waiting < tokens.len());
        prop_assert!(result.wait_p50_seconds <= result.wait_p90_seconds);
        prop_assert_eq!(result.curve.last().map(|point| point.1), Some(result.sold));
    }

    #[test]
    fn the_same_seed_gives_the_same_sale(crowd in a_crowd(), policy in a_policy()) {
        prop_assert_eq!(play(&crowd, &policy), play(&crowd, &policy));
    }

    /// The users hold one seat each as soon as they view the seats, and then pay after the same time; with other behaviour, more active
    /// users may obstruct each other. Ticks are discrete: a user who finds capacity waits for the next regular tick, and a user who waits
    /// for capacity is admitted by a separate tick, but not within 20 ms of the last. These delays are tolerated.
    #[test]
    fn more_capacity_never_delays_a_simple_crowd(
        (seed, seats, beyond) in (any::<u64>(), 1..50_u32, 0..50_u32),
        arrivals in some_arrivals(),
        (notice, pay) in (0..30_u32, 1..30_u32),
        (few, more) in (1..20_u32, 1..20_u32),
    ) {
        let [notice, pay] = [notice, pay].map(|time| Think::exactly(seconds(time)));
        let choose = Think::default();
        let (users, seats_wanted, never_claim, abandon) = (seats + beyond, vec![1], 0.0, 0.0);
        let crowd = Crowd { users, seats, arrivals, never_claim, abandon, seats_wanted, notice, choose, pay, seed };
        let sold_out = |capacity: u32| {
            let policy = policy(&format!("capacity={capacity},batch={capacity},tick_ms=10"));
            play(&crowd, &policy).unwrap().sold_out_after_seconds.unwrap()
        };
        let (few, many) = (sold_out(few), sold_out(few + more));
        prop_assert!(many <= few + 0.01 + 0.02 * f64::from(seats), "{many} > {few}");
    }
}

#[test]
fn another_seed_gives_another_sale() {
    let [one, other] =
        [1, 2].map(|seed| play(&Crowd { seed, users: 300, seats: 100, ..Crowd::default() }, &policy("capacity=20")).unwrap());
    assert_ne!(one.curve, other.curve);
}

#[test]
fn a_sale_takes_the_computed_time() {
    // One user at a time, each 10 s from the admission to the payment; freed capacity is used at once.
    let [notice, choose, pay] = [2, 3, 5].map(|time| Think::exactly(seconds(time)));
    let arrivals = Arrivals::Burst { within: Duration::ZERO };
    let plain =
        Crowd { users: 10, seats: 6, arrivals, never_claim: 0.0, abandon: 0.0, seats_wanted: vec![1], notice, choose, pay, seed: 5 };
    let one_by_one = play(&plain, &policy("capacity=1")).unwrap();
    assert_eq!(one_by_one.sold_out_after_seconds, Some(60.0));
    assert_eq!((one_by_one.wait_p50_seconds, one_by_one.wait_p90_seconds), (Some(20.0), Some(50.0)));
    assert_eq!((one_by_one.sold, one_by_one.never_admitted), (6, 4));
    let sales: Vec<_> = (0..=6_u32).map(|n| (f64::from(n) * 10.0, u64::from(n))).collect();
    assert_eq!(one_by_one.curve, sales);

    // Users who never claim occupy the capacity for the claim window, and none buys.
    let idle = play(&Crowd { never_claim: 1.0, ..plain.clone() }, &policy("capacity=5,batch=3,claim_seconds=7")).unwrap();
    assert_eq!((idle.sold, idle.sold_out_after_seconds, idle.never_admitted), (0, None, 0));
    // Three users are admitted by the first tick and two by the second; three and two again 5 ms after their windows.
    assert_eq!((idle.wait_p50_seconds, idle.wait_p90_seconds), (Some(1.0), Some(8.005)));

    // Users who never pay occupy the capacity until the hold or the window ends, whichever is later.
    let idle =
        play(&Crowd { abandon: 1.0, ..plain }, &policy("capacity=5,batch=5,hold_seconds=20,claim_seconds=10,active_seconds=15")).unwrap();
    assert_eq!((idle.sold, idle.never_admitted, idle.wait_p90_seconds), (0, 0, Some(25.005)));
}

#[test]
fn an_invalid_crowd_is_refused() {
    let crowd = Crowd::default();
    let longer = Duration::DAY + Duration::SECOND;
    for (crowd, error) in [
        (Crowd { seats: 0, ..crowd.clone() }, InvalidCrowd::Seats),
        (Crowd { seats: 1_000_001, ..crowd.clone() }, InvalidCrowd::Seats),
        (Crowd { never_claim: f64::NAN, ..crowd.clone() }, InvalidCrowd::Share("never_claim")),
        (Crowd { abandon: 1.1, ..crowd.clone() }, InvalidCrowd::Share("abandon")),
        (Crowd { seats_wanted: vec![], ..crowd.clone() }, InvalidCrowd::SeatsWanted),
        (Crowd { seats_wanted: vec![0, 0], ..crowd.clone() }, InvalidCrowd::SeatsWanted),
        (Crowd { seats_wanted: vec![1; 101], ..crowd.clone() }, InvalidCrowd::SeatsWanted),
        (Crowd { arrivals: Arrivals::Poisson { users_a_second: 0.0 }, ..crowd.clone() }, InvalidCrowd::Arrivals),
        (Crowd { arrivals: Arrivals::Poisson { users_a_second: f64::NAN }, ..crowd.clone() }, InvalidCrowd::Arrivals),
        (Crowd { arrivals: Arrivals::Ramp { over: longer }, ..crowd.clone() }, InvalidCrowd::Arrivals),
        (Crowd { pay: Think::exactly(-Duration::SECOND), ..crowd.clone() }, InvalidCrowd::Think("pay")),
        (Crowd { choose: Think::exactly(longer), ..crowd }, InvalidCrowd::Think("choose")),
    ] {
        assert_eq!(play(&crowd, &policy("capacity=1")), Err(error), "{crowd:?}");
    }
}
