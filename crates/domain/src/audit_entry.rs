//! The audit log: one entry per action of an operator, kept permanently. An entry is written in the same commit as the action's effect.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{AuditEntryId, ConcertId, Note, PaymentId, QueueId, ReservationId, ScheduleId, UserId};

/// An entry of the audit log: one action of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The entry's id; ids of later entries sort after those of earlier ones.
    pub id: AuditEntryId,
    /// The time of the action.
    pub at: OffsetDateTime,
    /// The operator.
    pub operator: UserId,
    /// The action.
    pub action: Action,
    /// The subject of the action.
    pub subject: Subject,
    /// The reason, if the operator specified one.
    pub reason: Option<String>,
    /// The properties that the action changed.
    pub changes: Vec<PropertyChange>,
}

/// The part that all commands of operators have in common: the operator, and the data of the audit entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorOrder {
    /// The operator.
    pub operator: UserId,
    /// The id of the audit entry, if the command writes one.
    pub audit_entry: AuditEntryId,
    /// The reason, if the operator specifies one.
    pub reason: Option<Note>,
}

/// The action on a [`Subject`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// The subject was created.
    Create,
    /// The subject was changed.
    Change,
    /// A queue stopped admitting users.
    Pause,
    /// A paused queue admits users again.
    Resume,
    /// A queue stopped accepting joins.
    Close,
    /// A queue accepts joins and admits users.
    Open,
    /// Users were admitted manually.
    Admit,
    /// A concert or a schedule was cancelled.
    Cancel,
    /// Seats were created, relabelled or repriced.
    LayOut,
    /// Seats were removed from sale.
    Block,
    /// Seats were returned to sale.
    Unblock,
    /// A hold was released.
    Release,
    /// A payment was refunded.
    Refund,
    /// A user's wallet was charged.
    Charge,
    /// A login code was created for a user.
    SignIn,
}

/// The subject of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A queue.
    Queue(QueueId),
    /// A concert.
    Concert(ConcertId),
    /// A schedule, or its seats.
    Schedule(ScheduleId),
    /// A reservation.
    Reservation(ReservationId),
    /// A payment.
    Payment(PaymentId),
    /// A user, or the user's wallet.
    User(UserId),
}

/// A property of the subject before and after the action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyChange {
    /// The name of the property in the API.
    pub name: String,
    /// The value before; none if it wasn't set.
    pub before: Option<String>,
    /// The value after; none if it is no longer set.
    pub after: Option<String>,
}

impl Subject {
    /// Returns the id of the subject.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Queue(id) => id.0,
            Self::Concert(id) => id.0,
            Self::Schedule(id) => id.0,
            Self::Reservation(id) => id.0,
            Self::Payment(id) => id.0,
            Self::User(id) => id.0,
        }
    }
}

impl OperatorOrder {
    /// Returns the audit entry for this order, carried out at `now`.
    #[must_use]
    pub fn audit_entry(&self, action: Action, subject: Subject, changes: Vec<PropertyChange>, now: OffsetDateTime) -> AuditEntry {
        let Self { operator, audit_entry, reason } = self.clone();
        AuditEntry { id: audit_entry, at: now, operator, action, subject, reason: reason.map(String::from), changes }
    }
}

/// The properties that differ between two states of a subject.
#[derive(Debug, Default)]
pub(crate) struct Differences(Vec<PropertyChange>);

impl Differences {
    /// Adds the property `name` if its values differ.
    pub(crate) fn note<T: PartialEq>(mut self, name: &str, before: Option<T>, after: Option<T>, text: impl Fn(T) -> String) -> Self {
        if before != after {
            self.0.push(PropertyChange { name: name.to_owned(), before: before.map(&text), after: after.map(text) });
        }
        self
    }

    /// Returns the properties that differ.
    pub(crate) fn list(self) -> Vec<PropertyChange> {
        self.0
    }
}
