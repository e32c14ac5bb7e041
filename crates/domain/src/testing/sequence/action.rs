//! Random actions of users.

use proptest::prelude::*;

use crate::testing::model::{QUEUES, SCHEDULES, SEATS_PER_SCHEDULE};

const USERS: u8 = 5;

/// An action of a user, independent of the state of the store: [`Action::command`] converts it to a command in a given state.
///
/// Users are counted from 0, as are the schedules, concerts and queues of a default [`ModelStore`](crate::testing::ModelStore). The
/// variation modifies the command: most values have no effect; each of the lowest and the highest introduces one error, such as another
/// user's token, no token, a seat that doesn't exist, or a key that has been used.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are described above")]
pub enum Action {
    /// A new user registers.
    Register { who: u8 },
    /// A user joins the queue of a concert.
    Join { who: u8, concert: usize },
    /// A tick admits users of a queue.
    Tick { queue: usize },
    /// A user leaves the queue of a concert.
    Leave { who: u8, concert: usize, variation: u8 },
    /// An admitted user reads the seats of a schedule.
    Browse { who: u8, schedule: usize, variation: u8 },
    /// An admitted user holds `count` seats from number `from` on.
    Hold { who: u8, schedule: usize, from: u32, count: u32, variation: u8 },
    /// A user with a hold exchanges it for `count` seats from number `from` on.
    Exchange { who: u8, schedule: usize, from: u32, count: u32, variation: u8 },
    /// A user releases a hold.
    Release { who: u8, variation: u8 },
    /// A user charges their wallet.
    Charge { who: u8, amount: i64, variation: u8 },
    /// A user pays for a hold.
    Pay { who: u8, variation: u8 },
    /// A user refunds a payment.
    Refund { who: u8, variation: u8 },
    /// A scanner checks in a ticket.
    CheckIn { who: u8, variation: u8 },
    /// A sweep records lapsed holds as expired.
    Sweep,
}

/// Returns the actions at the beginning of a sale, so that a sequence soon reaches payments: four users charge their wallets and join the
/// first queue.
#[must_use]
pub fn opening() -> Vec<Action> {
    let arrive = |who| [Action::Charge { who, amount: 1_000, variation: 9 }, Action::Join { who, concert: 0 }];
    (0..4).flat_map(arrive).collect()
}

/// Returns a strategy for actions, weighted toward those that lead to payments.
pub fn any_action() -> impl Strategy<Value = Action> + Clone {
    let who = || 0..USERS;
    let variation = || 0..40_u8;
    // Most actions are for the first concert and its first schedule.
    let schedule = || prop_oneof![4 => Just(0_usize), 1 => Just(1), 1 => Just(2)];
    let concert = || prop_oneof![4 => Just(0_usize), 1 => Just(1)];
    let count = || prop_oneof![4 => Just(1_u32), 3 => Just(2), 1 => Just(3)];
    let amount = prop_oneof![8 => 200..=1_000_i64, 1 => Just(0), 1 => Just(1_001)];
    prop_oneof![
        1 => who().prop_map(|who| Action::Register { who }),
        6 => (who(), concert()).prop_map(|(who, concert)| Action::Join { who, concert }),
        10 => (0..QUEUES.len()).prop_map(|queue| Action::Tick { queue }),
        1 => (who(), concert(), variation()).prop_map(|(who, concert, variation)| Action::Leave { who, concert, variation }),
        3 => (who(), schedule(), variation()).prop_map(|(who, schedule, variation)| Action::Browse { who, schedule, variation }),
        12 => (who(), schedule(), 1..=SEATS_PER_SCHEDULE, count(), variation())
            .prop_map(|(who, schedule, from, count, variation)| Action::Hold { who, schedule, from, count, variation }),
        8 => (who(), 0..SCHEDULES.len(), 1..=SEATS_PER_SCHEDULE, count(), variation())
            .prop_map(|(who, schedule, from, count, variation)| Action::Exchange { who, schedule, from, count, variation }),
        2 => (who(), variation()).prop_map(|(who, variation)| Action::Release { who, variation }),
        5 => (who(), amount, variation()).prop_map(|(who, amount, variation)| Action::Charge { who, amount, variation }),
        8 => (who(), variation()).prop_map(|(who, variation)| Action::Pay { who, variation }),
        3 => (who(), variation()).prop_map(|(who, variation)| Action::Refund { who, variation }),
        4 => (who(), variation()).prop_map(|(who, variation)| Action::CheckIn { who, variation }),
        4 => Just(Action::Sweep),
    ]
}
