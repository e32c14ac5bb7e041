//! The plan of a run: everything that is drawn before the run starts. A plan without some of its items is a valid plan, so failing plans
//! can be shrunk.

mod draw;

/// The plan of a run. Times are in milliseconds since the start of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The seed of all random numbers.
    pub seed: u64,
    /// Number of instances, which share the store.
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
    /// The schedules of the concert.
    pub schedules: Vec<SchedulePlan>,
}

/// A schedule of a concert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchedulePlan {
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
    /// Number of times that the user joins the queue.
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
    CancelASchedule,
    ChangeTheSeatLimit,
}

impl OrderKind {
    const ALL: &[Self] = &[
        Self::PauseForAWhile,
        Self::CloseForAWhile,
        Self::ChangeCapacity,
        Self::ChangeBatch,
        Self::AdmitNow,
        Self::BlockForAWhile,
        Self::ReleaseAHold,
        Self::RefundAPayment,
        Self::CancelASchedule,
        Self::ChangeTheSeatLimit,
    ];
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
        downtime: u64,
    },
    /// An instance is stopped and started again, as in a rolling update.
    Restart {
        /// Number of the instance.
        instance: u64,
        /// Time of the stop.
        at: u64,
        /// Time until the start.
        downtime: u64,
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
    AcknowledgedLost,
    /// The rows of a commit are missing from the row log. This breaks the store's contract and is only injected by tests.
    RowsMissing,
}

impl std::fmt::Display for FaultKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Plan {
    /// Whether the plan contains clock jumps.
    pub(crate) fn has_jumps(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault, Fault::ClockJump { .. }))
    }
}
