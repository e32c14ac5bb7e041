//! The port of the operator's desk: what operators read.

use async_trait::async_trait;
use domain::{AuditEntry, AuditEntryId, Money, NamePrefix, QueueId, QueueToken, Reservation, ScheduleId, User, UserId};
use uuid::Uuid;

use crate::page::PageRequest;
use crate::ports::ReadError;

/// What a queue has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueTotals {
    /// How many were ever let in.
    pub admitted: u64,
    /// How many of them never came: their tokens are EXPIRED (UNCLAIMED).
    pub no_shows: u64,
}

/// Which deeds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditEntryFilter {
    /// Only those to this thing.
    pub subject: Option<Uuid>,
    /// Only those of this operator.
    pub operator: Option<UserId>,
}

/// What operators see of a sale, of its people, and of what operators did.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait AdminQueries: Send + Sync {
    /// What a queue has done so far, counted over its tokens' rows: those that were forgotten don't count.
    async fn queue_totals(&self, queue: QueueId) -> Result<QueueTotals, ReadError>;
    /// What the CONFIRMED reservations of a date cost, all together; nothing if it doesn't exist.
    async fn revenue(&self, schedule: ScheduleId) -> Result<Money, ReadError>;
    /// Reservations of a date whose rows are HELD or CONFIRMED, lapsed or not, `at_most` of them, each once.
    async fn live_reservations(&self, schedule: ScheduleId, at_most: u32) -> Result<Vec<Reservation>, ReadError>;
    /// How many reservations of a date have rows that are HELD or CONFIRMED, lapsed or not.
    async fn count_live_reservations(&self, schedule: ScheduleId) -> Result<u64, ReadError>;
    /// Users whose name matches, in the order of their ids, those after the page's cursor; with no name all users, the nameless too. A name
    /// matches exactly if [`NamePrefix::matches`] says so: neither case nor accents count, and any word of the name may come first. It MUST
    /// NOT go through all users to find some by name.
    async fn users(&self, name: Option<NamePrefix>, page: PageRequest<UserId>) -> Result<Vec<User>, ReadError>;
    /// A user's tokens, the last joined first, `at_most` of them: those whose rows are WAITING or ACTIVE, and those under which the user
    /// ever made a reservation.
    async fn tokens_of(&self, user: UserId, at_most: u32) -> Result<Vec<QueueToken>, ReadError>;
    /// Deeds, the highest id first, those below the page's cursor. A deed MUST never be changed or deleted.
    async fn audit_entries(&self, wanted: AuditEntryFilter, page: PageRequest<AuditEntryId>) -> Result<Vec<AuditEntry>, ReadError>;
}
