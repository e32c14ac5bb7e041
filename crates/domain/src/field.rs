//! The parts of a command that can be wrong in themselves.

/// A part of what somebody writes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The user who is named.
    User,
    /// The queue.
    Queue,
    /// How many seats a user may have.
    SeatsPerUser,
    /// A part of a queue's policy.
    Policy(PolicyField),
    /// All dates together.
    Schedules,
    /// A part of one of several dates, by its place among them.
    ScheduleAt(usize, ScheduleField),
    /// A part of the one date.
    ScheduleView(ScheduleField),
    /// The seats of a plan.
    Seats,
}

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScheduleField {
    /// Its id.
    Id,
    /// When its sale closes.
    SaleClose,
    /// Its seats.
    Seats,
}

/// A part of a queue's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "as in QueuePolicy")]
pub enum PolicyField {
    Capacity,
    Batch,
    MaxWaiting,
    Active,
    Claim,
}

impl PolicyField {
    /// What it is called, with its unit.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Capacity => "capacity",
            Self::Batch => "batch",
            Self::MaxWaiting => "max_waiting",
            Self::Active => "active_seconds",
            Self::Claim => "claim_seconds",
        }
    }
}
