//! The plan of a run: everything that is drawn before the run starts. A plan without some of its items is a valid plan, so failing plans can be
//! shrunk.

use crate::rng::Rng;

/// The plan of a run. Times are in milliseconds since the start of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The seed of all random numbers.
    pub seed: u64,
    /// Number of instances that share the store.
    pub instances: u64,
    /// Configuration of the rules and the service.
    pub numbers: Numbers,
    /// Concerts.
    pub concerts: Vec<ConcertPlan>,
    /// Users.
    pub users: Vec<UserPlan>,
    /// Orders of operators.
    pub orders: Vec<OrderPlan>,
    /// Readers of the event log.
    pub readers: Vec<ReaderPlan>,
    /// Faults to inject.
    pub faults: Vec<Fault>,
}

/// Configurable numbers of the rules and the service; times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names describe them")]
pub struct Numbers {
    pub hold: u64,
    pub active: u64,
    pub claim: u64,
    pub capacity: u32,
    pub batch: u32,
    pub max_waiting: Option<u32>,
    pub max_seats: u32,
    pub max_balance: i64,
    pub key_retention: u64,
    pub token_retention: u64,
    pub event_retention: u64,
    pub tick: u64,
    pub sweep: u64,
    pub follow: u64,
    pub housekeeping: u64,
    pub deadline: u64,
    pub lanes: u32,
    pub max_batch: u32,
    pub max_queue: u32,
}

/// A concert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcertPlan {
    /// Whether the concert has its own queue instead of the default queue.
    pub own_queue: bool,
    /// The dates of the concert.
    pub dates: Vec<DatePlan>,
}

/// A date (schedule) of a concert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatePlan {
    /// Number of seats.
    pub seats: u32,
    /// Price of each seat.
    pub price: i64,
    /// Opening time of the sale.
    pub opens: u64,
    /// Closing time of the sale.
    pub closes: u64,
}

/// A user; the seed determines their behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserPlan {
    /// Number of the user.
    pub number: u64,
    /// Arrival time.
    pub arrives: u64,
    /// Number of times that the user goes through the queue.
    pub visits: u32,
}

/// An order of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderPlan {
    /// Number of the order.
    pub number: u64,
    /// Time of the order.
    pub at: u64,
    /// Kind of order.
    pub kind: OrderKind,
}

/// The kinds of orders; the target of an order is drawn when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names describe them")]
pub enum OrderKind {
    PauseForAWhile,
    CloseForAWhile,
    ChangeCapacity,
    ChangeBatch,
    AdmitNow,
    BlockForAWhile,
    ReleaseAHold,
    RefundAPayment,
    CancelADate,
    ChangeTheSeatLimit,
}

/// A reader of the event log, which sometimes restarts at its last kept position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderPlan {
    /// Number of the reader.
    pub number: u64,
    /// Maximum number of events per page.
    pub page: u32,
    /// Maximum pause between two pages.
    pub pause: u64,
}

/// A fault to inject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Calls of the store fail in one way for a period.
    Calls {
        /// Kind of fault.
        kind: FaultKind,
        /// Start of the period.
        from: u64,
        /// End of the period.
        until: u64,
        /// Probability of the fault per call, in a thousand.
        per_mille: u64,
    },
    /// An instance crashes and restarts.
    Crash {
        /// Number of the instance.
        instance: u64,
        /// Time of the crash.
        at: u64,
        /// Time until the restart.
        away: u64,
    },
    /// An instance is stopped and started again, as in a rolling update.
    Restart {
        /// Number of the instance.
        instance: u64,
        /// Time of the stop.
        at: u64,
        /// Time until the start.
        away: u64,
    },
    /// The store's clock jumps.
    ClockJump {
        /// Time of the jump.
        at: u64,
        /// Size of the jump; negative: back.
        by: i64,
    },
}

/// The kinds of faults of store calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// The call takes 100 times as long.
    Slow,
    /// The call takes 2,000 times as long, up to several seconds.
    Stall,
    /// A load fails.
    LoadFails,
    /// A load panics.
    LoadPanics,
    /// A commit returns spurious conflicts for all of its changes.
    Conflict,
    /// A commit returns spurious conflicts for some of its changes.
    PartialConflict,
    /// A commit fails, and nothing is written.
    CommitFails,
    /// The outcome of a commit is unknown, and nothing is written.
    UnknownLost,
    /// The outcome of a commit is unknown, and it is written.
    UnknownLanded,
    /// The outcome of a commit is unknown, and it is written some time later.
    UnknownLate,
    /// A commit panics before the write.
    PanicLost,
    /// A commit panics after the write.
    PanicLanded,
    /// A commit is written but returns too few results.
    WrongResults,
    /// A read outside of loads fails, such as those of read models.
    ReadFails,
    /// The row log no longer has the position from which an instance reads.
    LogLost,
    /// A commit is acknowledged but not written. This breaks the store's contract and is only injected by tests.
    Lie,
    /// The rows of a commit are missing from the row log. This breaks the store's contract and is only injected by tests.
    RowsForgotten,
}

impl std::fmt::Display for FaultKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
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

impl Plan {
    /// Whether the plan contains clock jumps.
    pub(crate) fn has_jumps(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault, Fault::ClockJump { .. }))
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
        let date = |rng: &mut Rng| DatePlan {
            seats: rng.small(1..=8) + rng.small(0..=seats / 2),
            price: i64::from(rng.small(1..=40)) * 1_000,
            opens: if rng.chance(700) { 0 } else { rng.among(0..=horizon / 2) },
            closes: if rng.chance(800) { 100 * horizon } else { rng.among(horizon / 2..=horizon) },
        };
        Self { own_queue, dates: (0..rng.among(1..=2)).map(|_| date(rng)).collect() }
    }
}

impl OrderPlan {
    fn draw(rng: &mut Rng, number: u64, horizon: u64) -> Self {
        use OrderKind::{
            AdmitNow, BlockForAWhile, CancelADate, ChangeBatch, ChangeCapacity, ChangeTheSeatLimit, CloseForAWhile, PauseForAWhile,
            RefundAPayment, ReleaseAHold,
        };
        let kinds = [
            PauseForAWhile,
            CloseForAWhile,
            ChangeCapacity,
            ChangeBatch,
            AdmitNow,
            BlockForAWhile,
            ReleaseAHold,
            RefundAPayment,
            CancelADate,
            ChangeTheSeatLimit,
        ];
        Self { number, at: rng.among(0..=horizon), kind: *rng.pick(&kinds) }
    }
}

impl Fault {
    fn draw(rng: &mut Rng, instances: u64, horizon: u64) -> Self {
        let from = rng.among(0..=horizon);
        match rng.among(0..=10) {
            10 => Self::Restart { instance: rng.among(0..=instances - 1), at: from, away: rng.among(100..=8_000) },
            0 => Self::Crash { instance: rng.among(0..=instances - 1), at: from, away: rng.among(100..=8_000) },
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
