//! Schedules: the performances of a concert, and their cancellation.

use std::ops::Range;

use thiserror::Error;
use time::OffsetDateTime;

use crate::{ConcertId, LayoutHash, Moment, Note, ScheduleId, Zone};

/// One performance of a concert.
///
/// ```text
///   sale_opens_at ──── on sale ──── sale_closes_at        starts_at: no refund from here on
///   cancelled: its holds end, it is never on sale again, it can be refunded at any time
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
    layout: Option<LayoutHash>,
}

/// The cancellation of a schedule or a concert. It is irrevocable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The time of the cancellation.
    pub at: OffsetDateTime,
    /// The reason shown to buyers; none if the operator specified none.
    pub reason: Option<Note>,
}

/// The error for a sale that closes before or when it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the sale must open before it closes")]
pub struct InvalidSalePeriod;

impl Schedule {
    /// Creates a schedule that isn't cancelled; `sale` ranges from the first instant of the sale to the first instant after it.
    #[must_use]
    pub const fn new(id: ScheduleId, concert: ConcertId, starts_at: OffsetDateTime, zone: Zone, sale: Range<OffsetDateTime>) -> Self {
        Self { id, concert, starts_at, zone, sale_opens_at: sale.start, sale_closes_at: sale.end, cancellation: None, layout: None }
    }

    /// Returns the schedule as stored: `self` with the cancellation of its row.
    #[must_use]
    pub fn restore(self, cancellation: Option<Cancellation>) -> Self {
        Self { cancellation, ..self }
    }

    /// Returns the schedule with another layout of its seats.
    #[must_use]
    pub fn with_layout(self, layout: Option<LayoutHash>) -> Self {
        Self { layout, ..self }
    }

    /// Returns the layout of its seats; none if it has no seats, or if they were created before layouts were stored: their layout is then
    /// [that of the seats](crate::Layout::of).
    #[must_use]
    pub const fn layout(&self) -> Option<LayoutHash> {
        self.layout
    }

    /// Returns the id.
    #[must_use]
    pub const fn id(&self) -> ScheduleId {
        self.id
    }

    /// Returns the concert.
    #[must_use]
    pub const fn concert(&self) -> ConcertId {
        self.concert
    }

    /// Returns the start of the show.
    #[must_use]
    pub const fn starts_at(&self) -> OffsetDateTime {
        self.starts_at
    }

    /// Returns the time zone of the venue, for printed tickets.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Returns the first instant of the sale.
    #[must_use]
    pub const fn sale_opens_at(&self) -> OffsetDateTime {
        self.sale_opens_at
    }

    /// Returns the first instant after the sale.
    #[must_use]
    pub const fn sale_closes_at(&self) -> OffsetDateTime {
        self.sale_closes_at
    }

    /// Returns the cancellation; none if the schedule takes place.
    #[must_use]
    pub const fn cancellation(&self) -> Option<&Cancellation> {
        self.cancellation.as_ref()
    }

    /// Cancels the schedule. A cancelled schedule keeps its first cancellation.
    #[must_use]
    pub fn cancel(self, cancellation: Cancellation) -> Self {
        Self { cancellation: self.cancellation.or(Some(cancellation)), ..self }
    }

    /// Changes the times of the show and of its sale, and the time zone.
    ///
    /// # Errors
    /// [`InvalidSalePeriod`] unless the sale opens before it closes.
    pub fn reschedule(self, starts_at: OffsetDateTime, zone: Zone, sale: Range<OffsetDateTime>) -> Result<Self, InvalidSalePeriod> {
        let moved = Self { starts_at, zone, sale_opens_at: sale.start, sale_closes_at: sale.end, ..self };
        moved.check().map(|()| moved)
    }

    /// Checks that the sale opens before it closes.
    ///
    /// # Errors
    /// [`InvalidSalePeriod`] otherwise.
    pub fn check(&self) -> Result<(), InvalidSalePeriod> {
        if self.sale_opens_at < self.sale_closes_at { Ok(()) } else { Err(InvalidSalePeriod) }
    }

    /// Returns the moment of `now` at this schedule, which determines the status of holds of its seats.
    #[must_use]
    pub const fn at(&self, now: OffsetDateTime) -> Moment {
        Moment::new(now, self.is_cancelled())
    }

    /// Returns whether the schedule is cancelled.
    #[must_use]
    pub const fn is_cancelled(&self) -> bool {
        self.cancellation.is_some()
    }

    /// Returns the end of a hold of its seats that was made until `deadline`: the deadline, or the cancellation of the schedule if that is
    /// earlier.
    #[must_use]
    pub fn end_of_hold(&self, deadline: OffsetDateTime) -> OffsetDateTime {
        self.cancellation.as_ref().map_or(deadline, |cancellation| cancellation.at.min(deadline))
    }

    /// Returns whether seats can be held at `now`.
    #[must_use]
    pub fn is_on_sale(&self, now: OffsetDateTime) -> bool {
        !self.is_cancelled() && self.sale_opens_at <= now && now < self.sale_closes_at
    }

    /// Returns the last of the cancellations if all of `schedules` that haven't started at `now` are cancelled.
    pub fn last_cancellation<'a>(schedules: impl IntoIterator<Item = &'a Self>, now: OffsetDateTime) -> Option<&'a Cancellation> {
        let ahead = schedules.into_iter().filter(|schedule| !schedule.has_started(now)).map(|schedule| schedule.cancellation.as_ref());
        let cancellations: Vec<&Cancellation> = ahead.collect::<Option<_>>()?;
        cancellations.into_iter().max_by_key(|cancellation| cancellation.at)
    }

    /// Returns whether users can refund their payments at `now`: until the show starts, or at any time if the schedule is cancelled.
    #[must_use]
    pub fn is_refundable(&self, now: OffsetDateTime) -> bool {
        self.is_cancelled() || !self.has_started(now)
    }

    /// Returns whether the show has started at `now`.
    #[must_use]
    pub fn has_started(&self, now: OffsetDateTime) -> bool {
        self.starts_at <= now
    }
}
