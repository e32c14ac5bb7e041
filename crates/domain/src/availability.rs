//! Availability: whether the seats that users wait for can be bought, and how many are left. A queue admits users by the same rule that
//! determines the availability shown to them.

use time::OffsetDateTime;

use crate::Schedule;

/// A schedule that users wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The schedule.
    pub schedule: Schedule,
    /// Whether at least one of its seats is neither sold nor blocked: it is free, or held and may become free again.
    pub has_seats: bool,
}

/// The combined sale of several schedules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sale {
    /// A schedule is on sale and has seats.
    Open,
    /// No schedule is on sale: not yet, or no longer.
    NotOpen {
        /// The time at which the next sale opens, if one will.
        opens_at: Option<OffsetDateTime>,
    },
    /// The schedules on sale have no seats left.
    SoldOut,
    /// All schedules that haven't started are cancelled.
    Cancelled,
}

impl Sale {
    /// Returns the combined sale of all `offers` at `now`.
    ///
    /// Schedules that can be bought take precedence, then those whose sale is yet to open: if today's schedule is sold out and the sale of
    /// another opens tomorrow, waiting is worthwhile.
    #[must_use]
    pub fn of(offers: &[Offer], now: OffsetDateTime) -> Self {
        let is_on_sale = |offer: &&Offer| offer.schedule.is_on_sale(now);
        if offers.iter().filter(is_on_sale).any(|offer| offer.has_seats) {
            return Self::Open;
        }
        let schedules = || offers.iter().map(|offer| &offer.schedule);
        let opens_at =
            schedules().filter(|schedule| !schedule.is_cancelled() && now < schedule.sale_opens_at()).map(Schedule::sale_opens_at).min();
        if opens_at.is_some() {
            return Self::NotOpen { opens_at };
        }
        if offers.iter().any(|offer| is_on_sale(&offer)) {
            return Self::SoldOut;
        }
        if Schedule::last_cancellation(schedules(), now).is_some() { Self::Cancelled } else { Self::NotOpen { opens_at: None } }
    }

    /// Returns whether users can be admitted: there is something to buy.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Open => true,
            Self::NotOpen { .. } | Self::SoldOut | Self::Cancelled => false,
        }
    }

    /// Returns the availability shown to waiting users, given the `stock` on sale.
    #[must_use]
    pub const fn availability(self, stock: Stock) -> Availability {
        match self {
            Self::Open if stock.is_low() => Availability::Low,
            Self::Open => Availability::Good,
            Self::NotOpen { .. } => Availability::SaleNotOpen,
            Self::SoldOut => Availability::SoldOut,
            Self::Cancelled => Availability::Cancelled,
        }
    }
}

/// The availability of a concert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Availability {
    /// Enough seats are free.
    Good,
    /// Few seats are free, or none and some are held that may become free.
    Low,
    /// No seat is free, and none is held that could become free.
    SoldOut,
    /// No schedule is on sale: none has been announced, no sale has opened yet, or all sales have closed.
    SaleNotOpen,
    /// All schedules that haven't started are cancelled.
    Cancelled,
}

/// The seat counts of one or more schedules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stock {
    /// The number of seats.
    pub seats: u64,
    /// The number of AVAILABLE seats.
    pub available: u64,
    /// The number of HELD seats.
    pub held: u64,
}

/// The stock is low if at most one in this many seats is free.
const LOW_STOCK_RATIO: u64 = 10;

impl Stock {
    /// Returns the sum of both stocks.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { seats: self.seats + other.seats, available: self.available + other.available, held: self.held + other.held }
    }

    /// Returns whether a seat is free, or held and may become free again.
    #[must_use]
    pub const fn has_seats(self) -> bool {
        self.available + self.held > 0
    }

    const fn is_low(self) -> bool {
        self.available * LOW_STOCK_RATIO <= self.seats
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::{Cancellation, ConcertId, ScheduleId, Zone};

    const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
    const HOUR: Duration = Duration::HOUR;

    /// Returns a schedule whose sale opens and closes in the given times from now; the show starts an hour after the sale closes.
    fn a_schedule(opens_in: Duration, closes_in: Duration) -> Schedule {
        let (id, concert, zone) = (ScheduleId(Uuid::nil()), ConcertId(Uuid::nil()), Zone::new("UTC").unwrap());
        Schedule::new(id, concert, NOW + closes_in + HOUR, zone, NOW + opens_in..NOW + closes_in)
    }

    fn on_sale(has_seats: bool) -> Offer {
        Offer { schedule: a_schedule(Duration::ZERO, HOUR), has_seats }
    }

    fn opening_in(opens_in: Duration) -> Offer {
        Offer { schedule: a_schedule(opens_in, opens_in + HOUR), has_seats: true }
    }

    fn closed() -> Offer {
        Offer { schedule: a_schedule(-HOUR, Duration::ZERO), has_seats: true }
    }

    fn cancelled(Offer { schedule, has_seats }: Offer) -> Offer {
        Offer { schedule: schedule.cancel(Cancellation { at: NOW, reason: None }), has_seats }
    }

    #[test]
    fn a_sale_is_open_while_a_schedule_on_sale_has_seats() {
        let opens = |after| Sale::NotOpen { opens_at: Some(NOW + after) };
        let moment = Duration::MICROSECOND;
        for (offers, expected) in [
            (vec![on_sale(true)], Sale::Open),
            (vec![on_sale(false), on_sale(true), cancelled(on_sale(true))], Sale::Open),
            (vec![on_sale(false)], Sale::SoldOut),
            (vec![on_sale(false), closed(), cancelled(opening_in(HOUR))], Sale::SoldOut),
            (vec![opening_in(moment)], opens(moment)),
            (vec![opening_in(HOUR * 2), opening_in(HOUR), closed()], opens(HOUR)),
            (vec![on_sale(false), opening_in(HOUR)], opens(HOUR)),
            (vec![cancelled(opening_in(moment)), opening_in(HOUR)], opens(HOUR)),
            (vec![], Sale::NotOpen { opens_at: None }),
            (vec![closed()], Sale::NotOpen { opens_at: None }),
            (vec![closed(), opening_in(-HOUR * 9)], Sale::NotOpen { opens_at: None }),
            (vec![cancelled(on_sale(true)), cancelled(opening_in(HOUR))], Sale::Cancelled),
            (vec![cancelled(on_sale(true)), closed()], Sale::NotOpen { opens_at: None }),
            (vec![cancelled(on_sale(true)), opening_in(-HOUR * 9)], Sale::Cancelled),
        ] {
            assert_eq!(Sale::of(&offers, NOW), expected, "{offers:#?}");
            assert_eq!(expected.is_open(), expected == Sale::Open);
        }
    }

    #[test]
    fn availability_is_low_at_a_tenth_of_the_seats_and_follows_a_sale_that_is_not_open() {
        let of = |seats, available, held| Sale::Open.availability(Stock { seats, available, held });
        assert_eq!([of(50, 50, 0), of(50, 6, 44), of(1, 1, 0)], [Availability::Good; 3]);
        assert_eq!([of(50, 5, 0), of(50, 1, 0), of(50, 0, 1)], [Availability::Low; 3]);
        assert!(!Stock { seats: 50, available: 0, held: 0 }.has_seats() && Stock { seats: 1, available: 0, held: 1 }.has_seats());
        let full = Stock { seats: 50, available: 50, held: 0 };
        for (sale, expected) in [
            (Sale::SoldOut, Availability::SoldOut),
            (Sale::Cancelled, Availability::Cancelled),
            (Sale::NotOpen { opens_at: None }, Availability::SaleNotOpen),
        ] {
            assert_eq!(sale.availability(full), expected);
        }
    }

    #[test]
    fn the_stock_of_two_schedules_is_their_sum() {
        let (one, other) = (Stock { seats: 10, available: 2, held: 3 }, Stock { seats: 5, available: 1, held: 0 });
        assert_eq!(one.and(other), Stock { seats: 15, available: 3, held: 3 });
    }
}
