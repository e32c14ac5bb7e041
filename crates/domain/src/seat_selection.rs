//! Seat selections: the seats of one request.

use thiserror::Error;

use crate::SeatNumber;

/// The seats of a request: at least one, each once, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatSelection(Vec<SeatNumber>);

/// The error for numbers that are not a valid selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidSeatSelection {
    /// No seat is named.
    #[error("list at least one seat")]
    Empty,
    /// Far more seats are named than a user may have.
    #[error("list at most {} seats", SeatSelection::MAX)]
    TooMany,
    /// A seat is named twice.
    #[error("seat {0} is listed twice")]
    Twice(SeatNumber),
}

impl SeatSelection {
    /// The maximum number of seats of one request, whatever the seat limit is.
    pub const MAX: usize = 100;

    /// Creates a selection of `numbers`, given in any order.
    ///
    /// # Errors
    /// [`InvalidSeatSelection`] if `numbers` is empty, names a seat twice, or has more than [`Self::MAX`] seats.
    pub fn new(mut numbers: Vec<SeatNumber>) -> Result<Self, InvalidSeatSelection> {
        if numbers.is_empty() {
            return Err(InvalidSeatSelection::Empty);
        }
        if numbers.len() > Self::MAX {
            return Err(InvalidSeatSelection::TooMany);
        }
        numbers.sort_unstable();
        match numbers.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(InvalidSeatSelection::Twice(pair[0])),
            None => Ok(Self(numbers)),
        }
    }

    /// Returns the numbers, ascending.
    #[must_use]
    pub fn numbers(&self) -> &[SeatNumber] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_selection_has_each_seat_once_in_ascending_order(numbers in prop::collection::vec(1..200_u32, 0..110)) {
            let numbers: Vec<_> = numbers.into_iter().map(|number| SeatNumber::new(number).expect("a number")).collect();
            if let Ok(selection) = SeatSelection::new(numbers.clone()) {
                prop_assert!(selection.numbers().is_sorted_by(|a, b| a < b));
                prop_assert!(numbers.iter().all(|number| selection.numbers().contains(number)));
                prop_assert_eq!(selection.numbers().len(), numbers.len());
            }
        }

        #[test]
        fn a_seat_number_is_kept_unchanged(number: u32) {
            prop_assert_eq!(SeatNumber::new(number).map_or(0, SeatNumber::get), if number <= SeatNumber::MAX { number } else { 0 });
        }
    }
}
