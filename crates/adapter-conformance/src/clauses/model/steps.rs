//! The steps of a random run.

use proptest::collection::{SizeRange, vec};
use proptest::prelude::*;
use proptest::sample::select;
use time::Duration;

use super::operator_intent::{OperatorIntent, operator_intent};
use super::size::{PEOPLE, some_seats};

/// A step of a run.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Requests that arrive together.
    Together(Vec<Intent>),
    /// A request that is decided now and committed by a later [`Step::CommitLate`].
    DecideEarly(Intent),
    /// Commits the oldest change that was decided early, or all of them in one group.
    CommitLate { all: bool },
    /// An operator's command that is decided and committed immediately.
    Operate(OperatorIntent),
    /// An operator's command that is decided now and committed by a later [`Step::CommitLate`].
    OperateEarly(OperatorIntent),
    /// A repetition of the last request.
    Again,
    /// A tick of the default queue or of the other one.
    Tick { other_queue: bool },
    /// A sweep of all lapsed holds: holds with equal deadlines have no fixed order, so none may be left.
    Sweep,
    /// Pruning of everything that may be pruned.
    Prune,
    /// An advance of the clock.
    Pass(Duration),
}

/// A request of a user before its numbers are turned into ids.
#[derive(Debug, Clone)]
pub(super) struct Intent {
    /// The number of the user, below [`PEOPLE`].
    pub(super) who: usize,
    /// The number of the idempotency key; there are so few that some are used twice.
    pub(super) key: u8,
    pub(super) what: IntentKind,
}

/// The operation of a request. `mine` counts back from the user's latest token, reservation or payment; out of range, it selects another
/// user's.
#[derive(Debug, Clone)]
pub(super) enum IntentKind {
    Register,
    Join {
        concert: Option<usize>,
    },
    Claim {
        other_queue: bool,
    },
    Hold {
        schedule: usize,
        seats: Vec<u32>,
    },
    Release {
        mine: usize,
    },
    Charge {
        amount: i64,
    },
    /// A charge of another user's wallet, by an operator's order.
    ChargeNeighbour {
        amount: i64,
    },
    Pay {
        mine: usize,
        amount: Option<i64>,
    },
    Refund {
        mine: usize,
        operator: bool,
    },
    Leave {
        mine: usize,
    },
}

/// Generates the steps of a random run.
pub(super) fn random_steps() -> impl Strategy<Value = Vec<Step>> {
    vec(sequence(), 25..50).prop_map(|sequences| sequences.concat())
}

/// Generates a single step, a purchase, or a group of changes that are decided early.
fn sequence() -> impl Strategy<Value = Vec<Step>> {
    prop_oneof![8 => step().prop_map(|step| vec![step]), 1 => purchase(), 1 => early_group()]
}

/// Generates changes of users and operators that are decided on the same rows, often twice, and committed in one group.
fn early_group() -> impl Strategy<Value = Vec<Step>> {
    let intents = intents(1..4).prop_map(|intents| intents.into_iter().map(Step::DecideEarly).collect::<Vec<_>>());
    let orders = vec(operator_intent().prop_map(Step::OperateEarly), 1..4);
    let twice = any::<bool>().prop_map(|twice| if twice { 2 } else { 1 });
    (intents, orders, twice).prop_flat_map(|(intents, orders, times)| {
        let early = vec![[intents, orders].concat(); times].concat();
        Just(early).prop_shuffle().prop_map(|mut steps| {
            steps.push(Step::CommitLate { all: true });
            steps
        })
    })
}

/// Generates the steps from a join to a refund of seats, or only the first of them, and sometimes the expiry of a hold that isn't paid.
fn purchase() -> impl Strategy<Value = Vec<Step>> {
    (0..PEOPLE, any::<u8>(), hold(), 10_000_i64..60_000, 3..=7_usize, prop::bool::weighted(0.3)).prop_map(
        |(who, key, hold, amount, length, ends)| {
            let alone = |what| Step::Together(vec![Intent { who, key, what }]);
            let mut steps = vec![
                alone(IntentKind::Join { concert: None }),
                Step::Tick { other_queue: false },
                alone(hold),
                alone(IntentKind::Charge { amount }),
                alone(IntentKind::Pay { mine: 0, amount: None }),
                Step::Again,
                alone(IntentKind::Refund { mine: 0, operator: false }),
            ];
            steps.truncate(length);
            if ends {
                steps.extend([Step::Pass(Duration::seconds(300)), Step::Sweep]);
            }
            steps
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => intents(1..5).prop_map(Step::Together),
        5 => intent().prop_map(Step::DecideEarly),
        5 => any::<bool>().prop_map(|all| Step::CommitLate { all }),
        2 => Just(Step::Again),
        4 => prop::bool::weighted(0.3).prop_map(|other_queue| Step::Tick { other_queue }),
        5 => operator_intent().prop_map(Step::Operate),
        2 => operator_intent().prop_map(Step::OperateEarly),
        1 => Just(Step::Sweep),
        1 => Just(Step::Prune),
        3 => passing().prop_map(Step::Pass),
    ]
}

fn passing() -> impl Strategy<Value = Duration> {
    let often = select(vec![Duration::MICROSECOND, Duration::milliseconds(250), Duration::SECOND, Duration::seconds(30)]);
    let deadlines = select(vec![Duration::seconds(120), Duration::seconds(300), Duration::seconds(600)]);
    let rarely = select(vec![Duration::hours(24), Duration::days(3)]);
    prop_oneof![12 => often, 4 => deadlines, 1 => rarely]
}

fn intents(count: impl Into<SizeRange>) -> impl Strategy<Value = Vec<Intent>> {
    vec(intent(), count)
}

fn intent() -> impl Strategy<Value = Intent> {
    (0..PEOPLE, any::<u8>(), what()).prop_map(|(who, key, what)| Intent { who, key, what })
}

fn what() -> impl Strategy<Value = IntentKind> {
    let mine = || prop_oneof![8 => Just(0_usize), 1 => Just(1_usize), 1 => Just(99_usize)];
    let concert = prop_oneof![3 => Just(None), 1 => (0_usize..4).prop_map(Some)];
    let amount = prop_oneof![6 => 10_000_i64..60_000, 1 => select(&[0, 1, 1_000_000, 1_000_001][..])];
    let due = prop_oneof![8 => Just(None), 1 => Just(Some(1_i64))];
    prop_oneof![
        1 => Just(IntentKind::Register),
        6 => concert.prop_map(|concert| IntentKind::Join { concert }),
        1 => any::<bool>().prop_map(|other_queue| IntentKind::Claim { other_queue }),
        8 => hold(),
        1 => mine().prop_map(|mine| IntentKind::Release { mine }),
        4 => amount.prop_map(|amount| IntentKind::Charge { amount }),
        1 => (10_000_i64..60_000).prop_map(|amount| IntentKind::ChargeNeighbour { amount }),
        6 => (mine(), due).prop_map(|(mine, amount)| IntentKind::Pay { mine, amount }),
        2 => (mine(), prop::bool::weighted(0.2)).prop_map(|(mine, operator)| IntentKind::Refund { mine, operator }),
        1 => mine().prop_map(|mine| IntentKind::Leave { mine }),
    ]
}

fn hold() -> impl Strategy<Value = IntentKind> {
    let schedule = prop_oneof![6 => Just(0_usize), 2 => Just(1_usize), 1 => 2_usize..6];
    (schedule, some_seats()).prop_map(|(schedule, seats)| IntentKind::Hold { schedule, seats })
}
