//! Schedules: the dates of a concert, and what cancels them.

use std::ops::Range;

use thiserror::Error;
use time::OffsetDateTime;

use crate::{ConcertId, Note, ScheduleId, Zone};

/// One date of a concert.
///
/// ```text
///   sale_opens_at ──── on sale ──── sale_closes_at        starts_at: no refund from here on
///   cancelled: holds end, never on sale again, refunds at any time
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    id: ScheduleId,
    concert: ConcertId,
    starts_at: OffsetDateTime,
    zone: Zone,
    sale_opens_at: OffsetDateTime,
    sale_closes_at: OffsetDateTime,
    cancellation: Option<Cancellation>,
}

/// That a date or a concert was cancelled. It is never taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// When.
    pub at: OffsetDateTime,
    /// Why, as buyers are told; none if the operator gave no reason.
    pub reason: Option<Note>,
}

/// An instant at one date. A hold of its seats counts until its deadline, and no longer once the date is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    now: OffsetDateTime,
    is_cancelled: bool,
}

impl Moment {
    /// Whether a hold of a seat of the date, made until `deadline`, still counts.
    #[must_use]
    pub fn is_before(self, deadline: OffsetDateTime) -> bool {
        !self.is_cancelled && self.now < deadline
    }
}

/// The sale ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the sale must open before it closes")]
pub struct InvalidSalePeriod;

impl Schedule {
    /// A date that takes place; `sale` is from its first instant to the first one after it.
    #[must_use]
    pub const fn new(id: ScheduleId, concert: ConcertId, starts_at: OffsetDateTime, zone: Zone, sale: Range<OffsetDateTime>) -> Self {
        Self { id, concert, starts_at, zone, sale_opens_at: sale.start, sale_closes_at: sale.end, cancellation: None }
    }

    /// A date as a store kept it: `self` with the cancellation of its row.
    #[must_use]
    pub fn restore(self, cancellation: Option<Cancellation>) -> Self {
        Self { cancellation, ..self }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> ScheduleId {
        self.id
    }

    /// The concert whose date it is.
    #[must_use]
    pub const fn concert(&self) -> ConcertId {
        self.concert
    }

    /// When the show starts.
    #[must_use]
    pub const fn starts_at(&self) -> OffsetDateTime {
        self.starts_at
    }

    /// The hall's time zone, for those who print tickets.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The first instant of the sale.
    #[must_use]
    pub const fn sale_opens_at(&self) -> OffsetDateTime {
        self.sale_opens_at
    }

    /// The first instant after the sale.
    #[must_use]
    pub const fn sale_closes_at(&self) -> OffsetDateTime {
        self.sale_closes_at
    }

    /// Its cancellation; none if it takes place.
    #[must_use]
    pub const fn cancellation(&self) -> Option<&Cancellation> {
        self.cancellation.as_ref()
    }

    /// Calls it off. What was cancelled before keeps its first cancellation.
    #[must_use]
    pub fn cancel(self, cancellation: Cancellation) -> Self {
        Self { cancellation: self.cancellation.or(Some(cancellation)), ..self }
    }

    /// Moves it, and its sale.
    ///
    /// # Errors
    /// [`InvalidSalePeriod`] if the sale would end before it begins.
    pub fn reschedule(self, starts_at: OffsetDateTime, zone: Zone, sale: Range<OffsetDateTime>) -> Result<Self, InvalidSalePeriod> {
        let moved = Self { starts_at, zone, sale_opens_at: sale.start, sale_closes_at: sale.end, ..self };
        moved.check().map(|()| moved)
    }

    /// Whether there is a first instant of the sale before the first one after it.
    ///
    /// # Errors
    /// [`InvalidSalePeriod`] if not.
    pub fn check(&self) -> Result<(), InvalidSalePeriod> {
        if self.sale_opens_at < self.sale_closes_at { Ok(()) } else { Err(InvalidSalePeriod) }
    }

    /// The instant `now` at this date: holds of its seats are judged by it.
    #[must_use]
    pub const fn at(&self, now: OffsetDateTime) -> Moment {
        Moment { now, is_cancelled: self.is_cancelled() }
    }

    /// Whether it was cancelled.
    #[must_use]
    pub const fn is_cancelled(&self) -> bool {
        self.cancellation.is_some()
    }

    /// When a hold of its seats ends that was made until `deadline`: then, or when the date was cancelled if that was earlier.
    #[must_use]
    pub fn end_of_hold(&self, deadline: OffsetDateTime) -> OffsetDateTime {
        self.cancellation.as_ref().map_or(deadline, |cancellation| cancellation.at.min(deadline))
    }

    /// Whether seats can be held at `now`.
    #[must_use]
    pub fn is_on_sale(&self, now: OffsetDateTime) -> bool {
        !self.is_cancelled() && self.sale_opens_at <= now && now < self.sale_closes_at
    }

    /// If all of `schedules` that haven't started at `now` are cancelled: the last of the cancellations.
    pub fn last_cancellation<'a>(schedules: impl IntoIterator<Item = &'a Self>, now: OffsetDateTime) -> Option<&'a Cancellation> {
        let ahead = schedules.into_iter().filter(|schedule| !schedule.has_started(now)).map(|schedule| schedule.cancellation.as_ref());
        let cancellations: Vec<&Cancellation> = ahead.collect::<Option<_>>()?;
        cancellations.into_iter().max_by_key(|cancellation| cancellation.at)
    }

    /// Whether its users can get their payments back at `now`: until the show starts, and if it never will, at any time.
    #[must_use]
    pub fn is_refundable(&self, now: OffsetDateTime) -> bool {
        self.is_cancelled() || !self.has_started(now)
    }

    /// Whether the show has started at `now`.
    #[must_use]
    pub fn has_started(&self, now: OffsetDateTime) -> bool {
        self.starts_at <= now
    }
}
