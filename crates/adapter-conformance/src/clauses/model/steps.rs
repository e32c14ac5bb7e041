//! The steps of a random run.

use proptest::collection::{SizeRange, vec};
use proptest::prelude::*;
use proptest::sample::select;
use time::Duration;

use super::SEATS;
use super::operators::{Wanted, wanted};

/// What happens next.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Requests that arrive together.
    Together(Vec<Intent>),
    /// A request that is decided now and committed by a later [`Step::CommitLate`].
    DecideEarly(Intent),
    /// Commits the oldest of those that were decided early, or all of them in one group.
    CommitLate { all: bool },
    /// An operator's command, at once.
    Operate(Wanted),
    /// An operator's command that is decided now and committed by a later [`Step::CommitLate`].
    OperateEarly(Wanted),
    /// The last request comes once more.
    Again,
    /// The scheduler admits; to the queue of its own, or the default one.
    Tick { other_queue: bool },
    /// The scheduler tidies all lapsed holds: of those with one deadline, any may be the first, so none may be left.
    Sweep,
    /// Housekeeping forgets all that it may.
    Prune,
    /// The clock moves.
    Pass(Duration),
}

/// What somebody wants; names are turned into ids when it is asked for.
#[derive(Debug, Clone)]
pub(super) struct Intent {
    /// Who: one of [`PEOPLE`].
    pub(super) who: usize,
    /// Which key: few enough that some come twice.
    pub(super) key: u8,
    pub(super) what: What,
}

/// What is wanted. `mine` is the how-manieth from the last of one's own things; out of range: of somebody else's.
#[derive(Debug, Clone)]
pub(super) enum What {
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
    /// As a cashier.
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

/// How many people there are.
pub(super) const PEOPLE: usize = 4;

/// A random run.
pub(super) fn plays() -> impl Strategy<Value = Vec<Step>> {
    vec(scene(), 25..50).prop_map(|scenes| scenes.concat())
}

/// One step, or a visit: as much as it takes to buy seats and give them back, or only the first part of it, and now and then the
/// end of a hold that isn't paid.
fn scene() -> impl Strategy<Value = Vec<Step>> {
    prop_oneof![8 => step().prop_map(|step| vec![step]), 1 => visit(), 1 => meeting()]
}

/// What people and operators decide on the same rows, often the same thing, comes to be committed in one group.
fn meeting() -> impl Strategy<Value = Vec<Step>> {
    let intents = intents(1..4).prop_map(|intents| intents.into_iter().map(Step::DecideEarly).collect::<Vec<_>>());
    let orders = vec(wanted().prop_map(Step::OperateEarly), 1..4);
    let twice = any::<bool>().prop_map(|twice| if twice { 2 } else { 1 });
    (intents, orders, twice).prop_flat_map(|(intents, orders, times)| {
        let early = vec![[intents, orders].concat(); times].concat();
        Just(early).prop_shuffle().prop_map(|mut steps| {
            steps.push(Step::CommitLate { all: true });
            steps
        })
    })
}

fn visit() -> impl Strategy<Value = Vec<Step>> {
    (0..PEOPLE, any::<u8>(), hold(), 10_000_i64..60_000, 3..=7_usize, prop::bool::weighted(0.3)).prop_map(
        |(who, key, hold, amount, length, ends)| {
            let alone = |what| Step::Together(vec![Intent { who, key, what }]);
            let mut steps = vec![
                alone(What::Join { concert: None }),
                Step::Tick { other_queue: false },
                alone(hold),
                alone(What::Charge { amount }),
                alone(What::Pay { mine: 0, amount: None }),
                Step::Again,
                alone(What::Refund { mine: 0, operator: false }),
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
        5 => wanted().prop_map(Step::Operate),
        2 => wanted().prop_map(Step::OperateEarly),
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

fn what() -> impl Strategy<Value = What> {
    let mine = || prop_oneof![8 => Just(0_usize), 1 => Just(1_usize), 1 => Just(99_usize)];
    let concert = prop_oneof![3 => Just(None), 1 => (0_usize..4).prop_map(Some)];
    let amount = prop_oneof![6 => 10_000_i64..60_000, 1 => select(&[0, 1, 1_000_000, 1_000_001][..])];
    let due = prop_oneof![8 => Just(None), 1 => Just(Some(1_i64))];
    prop_oneof![
        1 => Just(What::Register),
        6 => concert.prop_map(|concert| What::Join { concert }),
        1 => any::<bool>().prop_map(|other_queue| What::Claim { other_queue }),
        8 => hold(),
        1 => mine().prop_map(|mine| What::Release { mine }),
        4 => amount.prop_map(|amount| What::Charge { amount }),
        1 => (10_000_i64..60_000).prop_map(|amount| What::ChargeNeighbour { amount }),
        6 => (mine(), due).prop_map(|(mine, amount)| What::Pay { mine, amount }),
        2 => (mine(), prop::bool::weighted(0.2)).prop_map(|(mine, operator)| What::Refund { mine, operator }),
        1 => mine().prop_map(|mine| What::Leave { mine }),
    ]
}

fn hold() -> impl Strategy<Value = What> {
    let schedule = prop_oneof![6 => Just(0_usize), 2 => Just(1_usize), 1 => 2_usize..6];
    (schedule, some_seats()).prop_map(|(schedule, seats)| What::Hold { schedule, seats })
}

/// One or two seats, each once.
pub(super) fn some_seats() -> impl Strategy<Value = Vec<u32>> {
    vec(prop_oneof![20 => 1..=SEATS, 1 => Just(SEATS + 1)], 1..3).prop_map(|mut seats| {
        seats.sort_unstable();
        seats.dedup();
        seats
    })
}
