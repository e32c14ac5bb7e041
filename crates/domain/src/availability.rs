//! Availability: what those who wait are told about how much is left.

/// How much of a concert is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Availability {
    /// Enough.
    Good,
    /// Little, or only what is held and may come back.
    Low,
    /// Nothing, and nothing is held that could come back.
    SoldOut,
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

    /// How much of it is left.
    #[must_use]
    pub const fn availability(self) -> Availability {
        if self.available + self.held == 0 {
            Availability::SoldOut
        } else if self.available * LITTLE <= self.seats {
            Availability::Low
        } else {
            Availability::Good
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_little_and_only_what_cannot_come_back_is_sold_out() {
        let of = |seats, available, held| Stock { seats, available, held }.availability();
        assert_eq!([of(50, 50, 0), of(50, 6, 44), of(1, 1, 0)], [Availability::Good; 3]);
        assert_eq!([of(50, 5, 0), of(50, 1, 0), of(50, 0, 1)], [Availability::Low; 3]);
        assert_eq!([of(50, 0, 0), of(0, 0, 0)], [Availability::SoldOut; 2]);
    }

    #[test]
    fn the_stock_of_two_dates_is_that_of_both() {
        let (one, other) = (Stock { seats: 10, available: 2, held: 3 }, Stock { seats: 5, available: 1, held: 0 });
        assert_eq!(one.and(other), Stock { seats: 15, available: 3, held: 3 });
    }
}
