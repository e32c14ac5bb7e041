//! The fields of commands that can be invalid.

/// A field of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The named user.
    User,
    /// The queue.
    Queue,
    /// The maximum number of seats per user.
    SeatsPerUser,
    /// A field of a queue's policy.
    Policy(PolicyField),
    /// The list of schedules as a whole.
    Schedules,
    /// A field of a schedule in a list, by its index.
    ScheduleAt(usize, ScheduleField),
    /// A field of the only schedule.
    Schedule(ScheduleField),
    /// The seats of a plan.
    Seats,
    /// The category of the best available seats.
    Category,
    /// The section of the best available seats.
    Section,
}

/// A field of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScheduleField {
    /// The id.
    Id,
    /// The end of the sale.
    SaleClose,
    /// The seats.
    Seats,
}

/// A field of a queue's policy.
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
    /// Returns the name of the field, with its unit.
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
