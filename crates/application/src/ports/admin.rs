//! The port of the admin queries.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{
    AuditEntry, AuditEntryId, Money, NamePrefix, QueueId, QueueToken, Reservation, ReservationId, ScheduleId, SeatNumber, User, UserId,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::page::PageRequest;
use crate::ports::ReadError;

/// The totals of a queue since it was created.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueTotals {
    /// The number of users that were admitted.
    pub admitted: u64,
    /// The number of them that never claimed their tokens, which have ended EXPIRED (UNCLAIMED).
    pub no_shows: u64,
}

/// The totals of a schedule: the numbers of its seats by the states of their rows, and the amount paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScheduleTotals {
    /// The number of AVAILABLE seats.
    pub available: u64,
    /// The number of HELD seats whose deadline has not passed.
    pub held: u64,
    /// The number of HELD seats whose deadline has passed.
    pub lapsed: u64,
    /// The number of RESERVED seats.
    pub reserved: u64,
    /// The number of BLOCKED seats.
    pub blocked: u64,
    /// The total amount of the CONFIRMED reservations: the prices of their seats when they were held.
    pub revenue: Money,
}

/// A filter of audit entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditEntryFilter {
    /// Only entries about this subject.
    pub subject: Option<Uuid>,
    /// Only entries of this operator.
    pub operator: Option<UserId>,
}

/// A filter of the reservations of a schedule. The conditions are those of rows, lapsed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationFilter {
    /// Only the reservation that has this seat now: it is HELD or CONFIRMED.
    pub seat: Option<SeatNumber>,
    /// Only reservations of users whose name matches.
    pub name: Option<NamePrefix>,
    /// HELD reservations.
    pub held: bool,
    /// CONFIRMED reservations.
    pub confirmed: bool,
    /// CANCELLED reservations that were refunded.
    pub refunded: bool,
    /// Only reservations with a seat whose ticket was used, or only those with one whose ticket wasn't.
    pub used: Option<bool>,
}

impl ReservationFilter {
    /// All reservations that have seats or were paid.
    pub const ALL: Self = Self { seat: None, name: None, held: true, confirmed: true, refunded: true, used: None };
}

/// The queries of operators: sales, users, and audit entries.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait AdminQueries: Send + Sync {
    /// Returns the totals of a queue, including its deleted tokens; zero if the queue doesn't exist. The admissions are those of its
    /// [admission row](domain::change::Admission); no-shows MUST be counted when a commit ends their tokens. MUST NOT read the tokens of
    /// the queue, which may be millions. A store that an earlier release wrote counts from its upgrade on, and the tokens that existed then.
    async fn queue_totals(&self, queue: QueueId) -> Result<QueueTotals, ReadError>;
    /// Returns the totals of each of `schedules` that has seats, at `now`. MUST NOT hold all seats in memory at once.
    async fn schedule_totals(
        &self,
        schedules: &[ScheduleId],
        now: OffsetDateTime,
    ) -> Result<BTreeMap<ScheduleId, ScheduleTotals>, ReadError>;
    /// Returns reservations of a schedule whose rows are HELD or CONFIRMED, lapsed or not, up to `at_most`, each once.
    async fn live_reservations(&self, schedule: ScheduleId, at_most: u32) -> Result<Vec<Reservation>, ReadError>;
    /// Returns reservations of a schedule that match `wanted`, in the order of their ids, those after the page's cursor. The names of users
    /// match as in [`Self::users`]. MUST NOT read the reservations that ended without a payment, which may be many more than the seats; and
    /// MUST look up the reservation of a seat without reading others.
    async fn reservations_of_schedule(
        &self,
        schedule: ScheduleId,
        wanted: &ReservationFilter,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<Reservation>, ReadError>;
    /// Counts the reservations of a schedule whose rows are HELD or CONFIRMED, lapsed or not.
    async fn count_live_reservations(&self, schedule: ScheduleId) -> Result<u64, ReadError>;
    /// Returns the users whose name matches, in the order of their ids, those after the page's cursor; without `name` all users, also those
    /// without a name. A name matches exactly if [`NamePrefix::matches`] returns true: case and accents are ignored, and any word of the
    /// name may come first. It MUST NOT scan all users to find some by name.
    async fn users(&self, name: Option<NamePrefix>, page: PageRequest<UserId>) -> Result<Vec<User>, ReadError>;
    /// Returns a user's tokens, the latest join first, up to `at_most`: those whose rows are WAITING or ACTIVE, and those under which the
    /// user ever made a reservation.
    async fn tokens_of(&self, user: UserId, at_most: u32) -> Result<Vec<QueueToken>, ReadError>;
    /// Returns audit entries, the highest id first, those below the page's cursor. An audit entry MUST never be changed or deleted.
    async fn audit_entries(&self, wanted: AuditEntryFilter, page: PageRequest<AuditEntryId>) -> Result<Vec<AuditEntry>, ReadError>;
}
