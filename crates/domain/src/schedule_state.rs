//! The states that the public catalogue shows of schedules and concerts.

use time::OffsetDateTime;

use crate::{Concert, Money, Schedule};

/// The state of a schedule, or of a concert with all its schedules, as the public sees it.
///
/// ```text
///   ANNOUNCED ── the sale opens ──► ON_SALE ◄──► SOLD_OUT ── the sale closes ──► ENDED
///   CANCELLED: at any time
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScheduleState {
    /// The sale hasn't opened yet, or no seats have been offered yet.
    Announced,
    /// The sale is open, and a seat is free, or held and may become free again.
    OnSale,
    /// The sale is open, but all seats are sold.
    SoldOut,
    /// The sale has closed.
    Ended,
    /// It was cancelled.
    Cancelled,
}

/// What the public sees of the seats of a schedule that aren't BLOCKED, of which there is at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferedSeats {
    /// Whether a seat is free, or held and may become free again. Unlike the status of a seat, this doesn't change with time.
    pub has_unsold: bool,
    /// Their number.
    pub count: u32,
    /// Their prices.
    pub prices: PriceRange,
}

/// The lowest and the highest of several prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRange {
    /// The lowest price.
    pub min: Money,
    /// The highest price.
    pub max: Money,
}

impl PriceRange {
    /// Returns the range of both ranges together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}

impl From<Money> for PriceRange {
    fn from(price: Money) -> Self {
        Self { min: price, max: price }
    }
}

impl ScheduleState {
    /// Returns the state of `schedule` with these `seats` at `now`. The seats only matter while its sale is open.
    #[must_use]
    pub fn of(schedule: &Schedule, seats: Option<OfferedSeats>, now: OffsetDateTime) -> Self {
        if schedule.is_cancelled() {
            return Self::Cancelled;
        }
        if schedule.sale_closes_at() <= now {
            return Self::Ended;
        }
        match seats {
            Some(seats) if schedule.is_on_sale(now) => {
                if seats.has_unsold {
                    Self::OnSale
                } else {
                    Self::SoldOut
                }
            }
            Some(_) | None => Self::Announced,
        }
    }

    /// Returns the state of `concert` with all its `schedules` and their states at `now`.
    ///
    /// As for the [sale](crate::Sale) that users wait for, schedules that can be bought take precedence, then those that may be bought
    /// later. A concert without schedules is announced.
    #[must_use]
    pub fn of_concert(concert: &Concert, schedules: &[(&Schedule, Self)], now: OffsetDateTime) -> Self {
        if concert.cancellation().is_some() {
            return Self::Cancelled;
        }
        let is_any = |state: &Self| schedules.iter().any(|(_, other)| other == state);
        if let Some(state) = [Self::OnSale, Self::Announced, Self::SoldOut].into_iter().find(is_any) {
            return state;
        }
        if schedules.is_empty() {
            return Self::Announced;
        }
        let is_cancelled = Schedule::last_cancellation(schedules.iter().map(|(schedule, _)| *schedule), now).is_some();
        if is_cancelled { Self::Cancelled } else { Self::Ended }
    }

    /// Returns whether its seats may be bought, now or later: it has neither ended nor been cancelled.
    #[must_use]
    pub const fn is_ahead(self) -> bool {
        match self {
            Self::Announced | Self::OnSale | Self::SoldOut => true,
            Self::Ended | Self::Cancelled => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::Cancellation;
    use crate::testing::{NOW, a_concert, a_schedule};

    const HOUR: Duration = Duration::HOUR;
    const MOMENT: Duration = Duration::MICROSECOND;

    fn seats(has_unsold: bool) -> OfferedSeats {
        OfferedSeats { has_unsold, count: 1, prices: Money::ZERO.into() }
    }

    /// Returns a schedule whose sale opens and closes in the given times from now.
    fn selling(opens_in: Duration, closes_in: Duration) -> Schedule {
        a_schedule().row.with_sale(NOW + opens_in..NOW + closes_in)
    }

    fn cancelled(schedule: Schedule) -> Schedule {
        schedule.cancel(Cancellation { at: NOW, reason: None })
    }

    #[test]
    fn the_state_of_a_schedule_follows_its_sale_and_its_seats() {
        use ScheduleState::{Announced, Cancelled, Ended, OnSale, SoldOut};
        for (schedule, expected) in [
            (selling(MOMENT, HOUR), [Announced, Announced, Announced]),
            (selling(Duration::ZERO, MOMENT), [OnSale, SoldOut, Announced]),
            (selling(-HOUR, Duration::ZERO), [Ended, Ended, Ended]),
            (cancelled(selling(-HOUR, HOUR)), [Cancelled, Cancelled, Cancelled]),
            (cancelled(selling(-HOUR, Duration::ZERO)), [Cancelled, Cancelled, Cancelled]),
            // The sale of a show that has started may still be open.
            (selling(-HOUR, HOUR).with_start(NOW - HOUR), [OnSale, SoldOut, Announced]),
        ] {
            let states = [Some(seats(true)), Some(seats(false)), None].map(|seats| ScheduleState::of(&schedule, seats, NOW));
            assert_eq!(states, expected, "{schedule:#?}");
        }
    }

    #[test]
    fn the_state_of_a_concert_is_that_of_the_schedules_that_can_be_bought_or_may_be_later() {
        use ScheduleState::{Announced, Cancelled, Ended, OnSale, SoldOut};
        let ended = || selling(-HOUR, Duration::ZERO).with_start(NOW);
        let of = |schedules: &[(Schedule, ScheduleState)]| {
            let schedules: Vec<_> = schedules.iter().map(|(schedule, state)| (schedule, *state)).collect();
            ScheduleState::of_concert(&a_concert(), &schedules, NOW)
        };
        let on_sale = || selling(-HOUR, HOUR);
        for (schedules, expected) in [
            (vec![], Announced),
            (vec![(on_sale(), SoldOut), (on_sale(), OnSale), (cancelled(on_sale()), Cancelled)], OnSale),
            (vec![(on_sale(), SoldOut), (selling(HOUR, HOUR * 2), Announced)], Announced),
            (vec![(on_sale(), SoldOut), (ended(), Ended), (cancelled(on_sale()), Cancelled)], SoldOut),
            (vec![(ended(), Ended)], Ended),
            (vec![(ended(), Ended), (cancelled(on_sale()), Cancelled)], Cancelled),
            (vec![(ended(), Ended), (cancelled(ended()), Cancelled)], Ended),
            (vec![(selling(-HOUR, Duration::ZERO), Ended), (cancelled(on_sale()), Cancelled)], Ended),
        ] {
            assert_eq!(of(&schedules), expected, "{schedules:#?}");
        }
    }

    #[test]
    fn a_concert_that_was_cancelled_as_a_whole_stays_cancelled() {
        let concert = a_concert().row.cancel(Cancellation { at: NOW, reason: None });
        let schedule = selling(-HOUR, HOUR);
        assert_eq!(ScheduleState::of_concert(&concert, &[(&schedule, ScheduleState::OnSale)], NOW), ScheduleState::Cancelled);
    }

    #[test]
    fn a_price_range_contains_all_prices() {
        let price = |minor| PriceRange::from(Money::new(minor).unwrap());
        let range = price(5).and(price(3)).and(price(4));
        assert_eq!((range.min.minor(), range.max.minor()), (3, 5));
    }
}
