//! Changes by operators, applied to a store directly without a decision.

use domain::queue::PolicyOverrides;
use domain::testing::{ModelStore, seat_number};
use domain::{Cancellation, QueueId, QueueState, ScheduleId, Versioned};

/// Sets the state and the capacity of a queue.
pub(crate) fn set_queue(store: &mut ModelStore, queue: QueueId, state: QueueState, capacity: u32) {
    if let Some(line) = store.queues.get_mut(&queue) {
        let overrides = PolicyOverrides { capacity: Some(capacity), ..line.queue.overrides() };
        line.queue = at_next_version(&line.queue).with_state(state).with(|queue| queue.with_overrides(overrides));
        line.admission = at_next_version(&line.admission);
    }
}

/// Cancels a schedule.
pub(crate) fn cancel(store: &mut ModelStore, schedule: ScheduleId) {
    let at = store.now;
    if let Some(schedule) = store.schedules.get_mut(&schedule).filter(|schedule| !schedule.is_cancelled()) {
        *schedule = at_next_version(schedule).with(|row| row.cancel(Cancellation { at, reason: None }));
    }
}

/// Blocks a free seat, or unblocks a blocked one.
pub(crate) fn block_or_unblock(store: &mut ModelStore, schedule: ScheduleId, number: u32) {
    use domain::SeatState::{Available, Blocked, Held, Reserved};
    if let Some(seat) = store.seats.get_mut(&(schedule, seat_number(number))) {
        let state = match seat.state() {
            Available => Blocked,
            Blocked => Available,
            Held { .. } | Reserved { .. } => return,
        };
        *seat = at_next_version(seat).with_state(state);
    }
}

fn at_next_version<T: Clone>(old: &Versioned<T>) -> Versioned<T> {
    Versioned { version: old.version.next(), row: old.row.clone() }
}
