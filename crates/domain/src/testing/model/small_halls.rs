//! The initial rows of a model store: few of each kind, so that users compete.

use std::collections::BTreeMap;

use time::Duration;

use super::{ModelStore, QueueRows};
use crate::admission::Admission;
use crate::queue::PolicyOverrides;
use crate::testing::{
    CONCERT, NOW, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, QUEUE, SCHEDULE, a_concert, a_queue, a_schedule, a_seat, rules, schedule, won,
};
use crate::{ConcertId, QueueId, QueuePolicy, Rules, Schedule, ScheduleId, Version, Versioned};

/// The only schedule of [`OTHER_CONCERT`].
const THIRD_SCHEDULE: ScheduleId = schedule(3);
pub(in crate::testing) const SCHEDULES: [ScheduleId; 3] = [SCHEDULE, OTHER_SCHEDULE, THIRD_SCHEDULE];
pub(in crate::testing) const CONCERTS: [ConcertId; 2] = [CONCERT, OTHER_CONCERT];
pub(in crate::testing) const QUEUES: [QueueId; 2] = [QUEUE, OTHER_QUEUE];
pub(in crate::testing) const SEATS_PER_SCHEDULE: u32 = 5;

fn tight_rules() -> Rules {
    let queue = QueuePolicy { capacity: 3, batch: 2, max_waiting: Some(4), ..rules().queue };
    Rules { max_seats_per_user: 2, max_charge: won(1_000), max_balance: won(3_000), queue, ..rules() }
}

impl Default for ModelStore {
    fn default() -> Self {
        let line = |id, capacity| {
            let overrides = PolicyOverrides { capacity, ..PolicyOverrides::default() };
            let queue = a_queue().with(|queue| queue.with_id(id).with_overrides(overrides));
            (id, QueueRows { queue, admission: Versioned::new(Version::FIRST, Admission::new(id)), last_number: 0 })
        };
        let concert = |id, queue| (id, a_concert().with(|concert| concert.with_id(id).move_to(queue)));
        let schedule = |id, concert, hours| {
            let (starts_at, sale) = (NOW + Duration::hours(2 * hours), NOW..NOW + Duration::hours(hours));
            (id, a_schedule().with(|schedule| Schedule::new(id, concert, starts_at, schedule.zone().clone(), sale)))
        };
        let seat = |schedule, number: u32| {
            let price = won(i64::from(number) * 100);
            let seat = a_seat(number).with(|seat| seat.with_schedule(schedule).with_price(price));
            ((schedule, seat.number()), seat)
        };
        Self {
            now: NOW,
            rules: tight_rules(),
            queues: [line(QUEUE, None), line(OTHER_QUEUE, Some(1))].into(),
            concerts: [concert(CONCERT, QUEUE), concert(OTHER_CONCERT, OTHER_QUEUE)].into(),
            schedules: [
                schedule(SCHEDULE, CONCERT, 100),
                schedule(OTHER_SCHEDULE, CONCERT, 10),
                schedule(THIRD_SCHEDULE, OTHER_CONCERT, 1),
            ]
            .into(),
            users: BTreeMap::new(),
            tokens: BTreeMap::new(),
            seats: SCHEDULES.into_iter().flat_map(|schedule| (1..=SEATS_PER_SCHEDULE).map(move |number| seat(schedule, number))).collect(),
            reservations: BTreeMap::new(),
            payments: BTreeMap::new(),
            wallets: BTreeMap::new(),
            entries: BTreeMap::new(),
            keys: BTreeMap::new(),
            audit_entries: BTreeMap::new(),
            sessions: BTreeMap::new(),
            layouts: BTreeMap::new(),
        }
    }
}
