//! The steps of a sequence: actions of users, alone or concurrent, actions of operators, and the passage of time.

use domain::testing::{Action, OTHER_QUEUE, QUEUE, any_action, schedule};
use domain::{QueueId, QueueState, ScheduleId};
use proptest::prelude::*;

/// One step of a sequence.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// The clock advances by this number of seconds.
    Wait(i64),
    /// A user acts.
    One(Action),
    /// A user sends the same request twice concurrently.
    Twice(Action),
    /// Two requests are decided on the same snapshot and committed `pause` seconds later.
    Race { first: Action, second: Action, pause: i64 },
    /// A processed request with an idempotency key is repeated.
    Again(prop::sample::Index),
    /// An operator opens, pauses or closes a queue and sets its capacity.
    SetQueue { queue: QueueId, state: QueueState, capacity: u32 },
    /// An operator blocks or unblocks a seat.
    Block { schedule: ScheduleId, number: u32 },
    /// An operator cancels a schedule.
    Cancel { schedule: ScheduleId },
}

pub(crate) fn any_step() -> impl Strategy<Value = Step> {
    let wait = prop_oneof![20 => 1..20_i64, 3 => Just(120), 2 => Just(300), 1 => Just(600), 1 => Just(43_200)];
    let pause = prop_oneof![12 => Just(0_i64), 1 => Just(60), 1 => Just(120), 1 => Just(300)];
    let state = prop_oneof![6 => Just(QueueState::Open), 1 => Just(QueueState::Paused), 1 => Just(QueueState::Closed)];
    prop_oneof![
        6 => wait.prop_map(Step::Wait),
        30 => any_action().prop_map(Step::One),
        4 => any_action().prop_map(Step::Twice),
        10 => (any_action(), any_action(), pause).prop_map(|(first, second, pause)| Step::Race { first, second, pause }),
        2 => any::<prop::sample::Index>().prop_map(Step::Again),
        1 => (prop_oneof![Just(QUEUE), Just(OTHER_QUEUE)], state, 0..4_u32).prop_map(|(queue, state, capacity)| Step::SetQueue { queue, state, capacity }),
        1 => (1..=3_u64, 1..=5_u32).prop_map(|(of, number)| Step::Block { schedule: schedule(of), number }),
        // The first schedule is rarely cancelled, because most actions are for it.
        1 => prop_oneof![1 => Just(1_u64), 12 => Just(2), 12 => Just(3)].prop_map(|of| Step::Cancel { schedule: schedule(of) }),
    ]
}
