//! Deeds: what operators did, kept for good. A deed is written in the commit of what was done.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{AuditEntryId, ConcertId, Note, PaymentId, QueueId, ReservationId, ScheduleId, UserId};

/// What an operator did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The deed's id; later ones sort after earlier ones.
    pub id: AuditEntryId,
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub operator: UserId,
    /// What was done.
    pub action: Action,
    /// What it was done to.
    pub subject: Subject,
    /// Why, if they said so.
    pub reason: Option<String>,
    /// What it changed.
    pub changes: Vec<Changed>,
}

/// Who orders something, and what is noted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Who.
    pub operator: UserId,
    /// The id of the deed, should it come to one.
    pub audit_entry: AuditEntryId,
    /// Why, if they say so.
    pub reason: Option<Note>,
}

/// What was done to a [`Subject`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It was made.
    Create,
    /// It was changed.
    Change,
    /// A queue no longer lets anybody through.
    Pause,
    /// A paused queue lets through again.
    Resume,
    /// A queue takes nobody in.
    Close,
    /// A queue takes in and lets through.
    Open,
    /// Users were let in by hand.
    Admit,
    /// A date was called off.
    Cancel,
    /// Seats were made, or labelled and priced anew.
    LayOut,
    /// Seats were taken out of the sale.
    Block,
    /// Seats were given back to the sale.
    Unblock,
    /// A hold was ended.
    Release,
    /// A payment was given back.
    Refund,
    /// Money was put into a user's wallet.
    Charge,
}

/// What something was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A queue.
    Queue(QueueId),
    /// A concert.
    Concert(ConcertId),
    /// A date, or its seats.
    Schedule(ScheduleId),
    /// A reservation.
    Reservation(ReservationId),
    /// A payment.
    Payment(PaymentId),
    /// A user, or their wallet.
    User(UserId),
}

/// A thing's property before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which property, as the API calls it.
    pub name: String,
    /// What it was; none if it wasn't set.
    pub before: Option<String>,
    /// What it is; none if it isn't set any more.
    pub after: Option<String>,
}

impl Subject {
    /// The id of the thing.
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

impl Order {
    /// The deed that carries this order out at `now`.
    #[must_use]
    pub fn done(&self, action: Action, subject: Subject, changes: Vec<Changed>, now: OffsetDateTime) -> AuditEntry {
        let Self { operator, audit_entry, reason } = self.clone();
        AuditEntry { id: audit_entry, at: now, operator, action, subject, reason: reason.map(String::from), changes }
    }
}

/// The properties that differ between what a thing was and what it is.
#[derive(Debug, Default)]
pub(crate) struct Differences(Vec<Changed>);

impl Differences {
    /// Notes the property if it differs.
    pub(crate) fn note<T: PartialEq>(mut self, name: &str, before: Option<T>, after: Option<T>, text: impl Fn(T) -> String) -> Self {
        if before != after {
            self.0.push(Changed { name: name.to_owned(), before: before.map(&text), after: after.map(text) });
        }
        self
    }

    pub(crate) fn list(self) -> Vec<Changed> {
        self.0
    }
}
