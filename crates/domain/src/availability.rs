//! Availability: whether what users wait for can be bought, and how much of it is left. A queue admits by the same rule by which those
//! who wait in it are told.

use time::OffsetDateTime;

use crate::Schedule;

/// A date that users wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The date.
    pub schedule: Schedule,
    /// Whether one of its seats is neither sold nor blocked: free, or held and may be free again.
    pub has_seats: bool,
}

/// Whether any of several dates can be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sale {
    /// A date is on sale and has seats.
    Open,
    /// Nothing is on sale: not yet, or no longer.
    NotOpen {
        /// The next time a sale opens, if one will.
        opens_at: Option<OffsetDateTime>,
    },
    /// What is on sale has no seats.
    SoldOut,
    /// All dates that haven't started are cancelled.
    Cancelled,
}

impl Sale {
    /// The sale of all `offers` together at `now`.
    ///
    /// Dates that can be bought come first, then those whose sale is yet to open: a sale that is sold out today and opens another date
    /// tomorrow is worth waiting for.
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

    /// Whether it makes sense to let users in.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Open => true,
            Self::NotOpen { .. } | Self::SoldOut | Self::Cancelled => false,
        }
    }

    /// What those who wait are told; `stock` is what is on sale.
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

/// How much of a concert is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Availability {
    /// Enough.
    Good,
    /// Little, or only what is held and may come back.
    Low,
    /// Nothing, and nothing is held that could come back.
    SoldOut,
    /// No date is on sale: none has been announced, or its sale has not opened yet, or all sales are over.
    SaleNotOpen,
    /// All dates that haven't started are cancelled.
    Cancelled,
}

/// The seats of one or several dates, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stock {
    /// How many seats there are.
    pub seats: u64,
    /// How many of them are AVAILABLE.
    pub available: u64,
    /// How many of them are HELD.
    pub held: u64,
}

/// A tenth of the seats is little.
const LITTLE: u64 = 10;

impl Stock {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { seats: self.seats + other.seats, available: self.available + other.available, held: self.held + other.held }
    }

    /// Whether a seat is free, or held and may be free again.
    #[must_use]
    pub const fn has_seats(self) -> bool {
        self.available + self.held > 0
    }

    const fn is_low(self) -> bool {
        self.available * LITTLE <= self.seats
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

    /// A date whose sale opens and closes so long from now; the show starts an hour later.
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
    fn a_tenth_is_little_and_only_what_cannot_come_back_is_sold_out() {
        let of = |seats, available, held| Sale::Open.availability(Stock { seats, available, held });
        assert_eq!([of(50, 50, 0), of(50, 6, 44), of(1, 1, 0)], [Availability::Good; 3]);
        assert_eq!([of(50, 5, 0), of(50, 1, 0), of(50, 0, 1)], [Availability::Low; 3]);
        assert!(!Stock { seats: 50, available: 0, held: 0 }.has_seats() && Stock { seats: 1, available: 0, held: 1 }.has_seats());
        let full = Stock { seats: 50, available: 50, held: 0 };
        for (sale, told) in [
            (Sale::SoldOut, Availability::SoldOut),
            (Sale::Cancelled, Availability::Cancelled),
            (Sale::NotOpen { opens_at: None }, Availability::SaleNotOpen),
        ] {
            assert_eq!(sale.availability(full), told);
        }
    }

    #[test]
    fn the_stock_of_two_schedules_is_that_of_both() {
        let (one, other) = (Stock { seats: 10, available: 2, held: 3 }, Stock { seats: 5, available: 1, held: 0 });
        assert_eq!(one.and(other), Stock { seats: 15, available: 3, held: 3 });
    }
}
