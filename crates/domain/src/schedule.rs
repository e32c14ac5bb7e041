//! Schedules: the dates of a concert.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{ConcertId, ScheduleId, Zone};

/// One date of a concert.
///
/// ```text
///   sale_opens_at ──── on sale ──── sale_closes_at        starts_at: no refund from here on
///   cancelled: never on sale again, refunds at any time
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The date's id.
    pub id: ScheduleId,
    /// The concert whose date it is.
    pub concert: ConcertId,
    /// When the show starts.
    pub starts_at: OffsetDateTime,
    /// The hall's time zone, for those who print tickets.
    pub zone: Zone,
    /// The first instant of the sale.
    pub sale_opens_at: OffsetDateTime,
    /// The first instant after the sale.
    pub sale_closes_at: OffsetDateTime,
    /// When it was called off; none if it wasn't.
    pub cancelled_at: Option<OffsetDateTime>,
}

/// The sale ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the sale must open before it closes")]
pub struct NoSale;

impl Schedule {
    /// Whether there is a first instant of the sale before the first one after it.
    ///
    /// # Errors
    /// [`NoSale`] if not.
    pub fn check(&self) -> Result<(), NoSale> {
        if self.sale_opens_at < self.sale_closes_at { Ok(()) } else { Err(NoSale) }
    }

    /// Whether seats can be held at `now`.
    #[must_use]
    pub fn is_on_sale(&self, now: OffsetDateTime) -> bool {
        self.cancelled_at.is_none() && self.sale_opens_at <= now && now < self.sale_closes_at
    }

    /// Whether payments for it can be given back at `now`: until the show starts, and if it never will, at any time.
    #[must_use]
    pub fn is_refundable(&self, now: OffsetDateTime) -> bool {
        self.cancelled_at.is_some() || !self.has_started(now)
    }

    /// Whether the show has started at `now`.
    #[must_use]
    pub fn has_started(&self, now: OffsetDateTime) -> bool {
        self.starts_at <= now
    }
}
