//! How plans are drawn: a change here changes the meaning of all seeds.

use super::{ConcertPlan, Fault, FaultKind, Numbers, OrderKind, OrderPlan, Plan, ReaderPlan, SchedulePlan, UserPlan};
use crate::rng::Rng;

const SECOND: u64 = 1_000;

impl Plan {
    /// Draws the plan of `seed`.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let rng = &mut Rng::of(&[seed, 0]);
        let instances = *rng.pick(&[1, 1, 2, 3]);
        // Mostly few users, who often compete for the same seats; sometimes a crowd.
        let crowd = match rng.among(0..=99) {
            0 => rng.among(600..=1_500),
            1..=9 => rng.among(60..=200),
            _ => rng.among(3..=30),
        };
        let horizon = rng.among(40..=150) * SECOND;
        let numbers = Numbers::draw(rng, crowd);
        let concerts = (0..rng.among(1..=3)).map(|_| ConcertPlan::draw(rng, crowd, horizon)).collect();
        let most_visits = if crowd > 60 { 1 } else { 3 };
        let users =
            (0..crowd).map(|number| UserPlan { number, arrives: rng.among(0..=horizon / 2), visits: rng.small(1..=most_visits) }).collect();
        let orders = (0..rng.among(0..=8)).map(|number| OrderPlan::draw(rng, number, horizon)).collect();
        let reader = |rng: &mut Rng, number| ReaderPlan { number, page: rng.small(1..=50), pause: rng.among(20..=5_000) };
        let readers = (0..rng.among(0..=2)).map(|number| reader(rng, number)).collect();
        let without_faults = rng.chance(150);
        let faults =
            if without_faults { Vec::new() } else { (0..rng.among(1..=8)).map(|_| Fault::draw(rng, instances, horizon)).collect() };
        Self { seed, instances, numbers, concerts, users, orders, readers, faults }
    }
}

impl Numbers {
    fn draw(rng: &mut Rng, crowd: u64) -> Self {
        let many = u32::try_from(crowd / 10).unwrap_or(u32::MAX);
        let claim = rng.among(4..=15) * SECOND;
        Self {
            hold: rng.among(5..=40) * SECOND,
            active: claim + rng.among(2..=50) * SECOND,
            claim,
            capacity: rng.small(1..=6) + many,
            batch: rng.small(1..=4) + many,
            max_waiting: rng.chance(200).then(|| rng.small(2..=20)),
            max_seats: rng.small(1..=4),
            max_balance: *rng.pick(&[10_000_000, 10_000_000, 60_000]),
            key_retention: *rng.pick(&[3_600, 3_600, 120]) * SECOND,
            token_retention: *rng.pick(&[3_600, 20]) * SECOND,
            event_retention: *rng.pick(&[3_600, 20]) * SECOND,
            tick: rng.among(1_000..=6_000),
            sweep: rng.among(1_000..=5_000),
            follow: rng.among(50..=400),
            housekeeping: rng.among(5..=30) * SECOND,
            deadline: rng.among(1_000..=5_000),
            lanes: rng.small(1..=3),
            max_batch: *rng.pick(&[1, 4, 64]),
            max_queue: *rng.pick(&[4, 256, 256]),
        }
    }
}

impl ConcertPlan {
    fn draw(rng: &mut Rng, crowd: u64, horizon: u64) -> Self {
        let own_queue = rng.chance(500);
        let seats = u32::try_from(crowd).unwrap_or(u32::MAX);
        let schedule = |rng: &mut Rng| SchedulePlan {
            seats: rng.small(1..=8) + rng.small(0..=seats / 2),
            price: i64::from(rng.small(1..=40)) * 1_000,
            opens: if rng.chance(700) { 0 } else { rng.among(0..=horizon / 2) },
            closes: if rng.chance(800) { 100 * horizon } else { rng.among(horizon / 2..=horizon) },
        };
        Self { own_queue, schedules: (0..rng.among(1..=2)).map(|_| schedule(rng)).collect() }
    }
}

impl OrderPlan {
    fn draw(rng: &mut Rng, number: u64, horizon: u64) -> Self {
        Self { number, at: rng.among(0..=horizon), kind: *rng.pick(OrderKind::ALL) }
    }
}

impl Fault {
    fn draw(rng: &mut Rng, instances: u64, horizon: u64) -> Self {
        let from = rng.among(0..=horizon);
        match rng.among(0..=10) {
            10 => Self::Restart { instance: rng.among(0..=instances - 1), at: from, downtime: rng.among(100..=8_000) },
            0 => Self::Crash { instance: rng.among(0..=instances - 1), at: from, downtime: rng.among(100..=8_000) },
            1 => {
                let far = i64::try_from(rng.among(200..=30_000)).unwrap_or(0);
                Self::ClockJump { at: from, by: if rng.chance(500) { far } else { -far } }
            }
            _ => {
                let is_shared = instances > 1;
                let kinds: Vec<FaultKind> =
                    FaultKind::OF_ALL_STORES.iter().chain(FaultKind::OF_SHARED_STORES.iter().filter(|_| is_shared)).copied().collect();
                let kind = *rng.pick(&kinds);
                let until = from + rng.among(200..=40_000);
                Self::Calls { kind, from, until, per_mille: *rng.pick(&[30, 150, 500, 1_000]) }
            }
        }
    }
}

impl FaultKind {
    const OF_ALL_STORES: &[Self] = &[
        Self::Slow,
        Self::Stall,
        Self::LoadFails,
        Self::LoadPanics,
        Self::Conflict,
        Self::PartialConflict,
        Self::CommitFails,
        Self::UnknownLost,
        Self::UnknownLanded,
        Self::PanicLost,
        Self::PanicLanded,
        Self::WrongResults,
        Self::ReadFails,
    ];
    /// Only a store shared by several instances may write after its caller gave up, and has a row log.
    const OF_SHARED_STORES: &[Self] = &[Self::UnknownLate, Self::LogLost];
}
