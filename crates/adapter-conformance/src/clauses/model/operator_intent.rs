//! Operators' commands in a random run, before they have ids.

use domain::QueueTransition;
use domain::decide::admin::queue::PolicyPatch;
use proptest::prelude::*;
use proptest::sample::select;
use time::Duration;

use super::size::{PEOPLE, SEATS, some_seats};

/// An operator's command before its numbers are turned into ids.
#[derive(Debug, Clone)]
pub(super) enum OperatorIntent {
    Block { schedule: usize, seats: Vec<u32>, blocked: bool },
    LayOut { schedule: usize, seats: u32, price: i64 },
    Step { other_queue: bool, step: QueueTransition },
    Policy { other_queue: bool, policy: PolicyPatch },
    Admit { other_queue: bool, count: u32 },
    ChangeConcert { concert: usize, limit: Option<u32>, other_queue: Option<bool> },
    CancelConcert { concert: usize },
    AddSchedule { concert: usize, seats: Option<u32> },
    ChangeSchedule { schedule: usize, closes_in_hours: i64 },
    CancelSchedule { schedule: usize },
    Release { whose: usize, last: usize },
    Refund { whose: usize, last: usize },
}

impl OperatorIntent {
    /// The names of all kinds of commands.
    pub(super) const NAMES: [&str; 12] = [
        "block seats",
        "lay out seats",
        "pause, resume, close or open a queue",
        "patch a queue's policy",
        "admit users manually",
        "change a concert",
        "cancel a concert",
        "add a schedule",
        "change a schedule",
        "cancel a schedule",
        "release a hold",
        "refund a payment",
    ];

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Block { .. } => Self::NAMES[0],
            Self::LayOut { .. } => Self::NAMES[1],
            Self::Step { .. } => Self::NAMES[2],
            Self::Policy { .. } => Self::NAMES[3],
            Self::Admit { .. } => Self::NAMES[4],
            Self::ChangeConcert { .. } => Self::NAMES[5],
            Self::CancelConcert { .. } => Self::NAMES[6],
            Self::AddSchedule { .. } => Self::NAMES[7],
            Self::ChangeSchedule { .. } => Self::NAMES[8],
            Self::CancelSchedule { .. } => Self::NAMES[9],
            Self::Release { .. } => Self::NAMES[10],
            Self::Refund { .. } => Self::NAMES[11],
        }
    }
}

/// Generates an operator's command. Commands that end a sale are rare, so that there are seats to buy.
pub(super) fn operator_intent() -> impl Strategy<Value = OperatorIntent> {
    let (schedule, concert) = (|| prop_oneof![3 => Just(0_usize), 1 => 1_usize..6], || 0_usize..4);
    let other_queue = || prop::bool::weighted(0.3);
    let steps =
        select(vec![QueueTransition::Pause, QueueTransition::Resume, QueueTransition::Close, QueueTransition::Open, QueueTransition::Open]);
    let owned = || (0..PEOPLE, 0_usize..2);
    prop_oneof![
        6 => (schedule(), some_seats(), prop::bool::weighted(0.6))
            .prop_map(|(schedule, seats, blocked)| OperatorIntent::Block { schedule, seats, blocked }),
        2 => (schedule(), 1..=SEATS + 2, 8_000_i64..8_003).prop_map(|(schedule, seats, price)| OperatorIntent::LayOut { schedule, seats, price }),
        5 => (other_queue(), steps).prop_map(|(other_queue, step)| OperatorIntent::Step { other_queue, step }),
        3 => (other_queue(), policy()).prop_map(|(other_queue, policy)| OperatorIntent::Policy { other_queue, policy }),
        4 => (other_queue(), 0_u32..4).prop_map(|(other_queue, count)| OperatorIntent::Admit { other_queue, count }),
        2 => (concert(), prop::option::of(1_u32..4), prop::option::weighted(0.3, any::<bool>()))
            .prop_map(|(concert, limit, other_queue)| OperatorIntent::ChangeConcert { concert, limit, other_queue }),
        1 => concert().prop_map(|concert| OperatorIntent::CancelConcert { concert }),
        4 => (concert(), prop::option::weighted(0.8, 1..=SEATS)).prop_map(|(concert, seats)| OperatorIntent::AddSchedule { concert, seats }),
        2 => (schedule(), 1_i64..200).prop_map(|(schedule, closes_in_hours)| OperatorIntent::ChangeSchedule { schedule, closes_in_hours }),
        1 => schedule().prop_map(|schedule| OperatorIntent::CancelSchedule { schedule }),
        4 => owned().prop_map(|(whose, last)| OperatorIntent::Release { whose, last }),
        4 => owned().prop_map(|(whose, last)| OperatorIntent::Refund { whose, last }),
    ]
}

fn policy() -> impl Strategy<Value = PolicyPatch> {
    let count = |range: std::ops::Range<u32>| prop::option::of(prop::option::weighted(0.7, range));
    let window = || prop::option::weighted(0.3, prop::option::of(select(vec![Duration::SECOND, Duration::minutes(5)])));
    (count(0..5), count(1..4), count(0..6), window(), window()).prop_map(|(capacity, batch, max_waiting, active, claim)| PolicyPatch {
        capacity,
        batch,
        active,
        claim,
        max_waiting,
    })
}
