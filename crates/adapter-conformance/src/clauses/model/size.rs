//! The size of a random run: small, so that users compete for the same seats.

use proptest::collection::vec;
use proptest::prelude::*;

/// The number of seats of each schedule.
pub(super) const SEATS: u32 = 5;

/// The number of users.
pub(super) const PEOPLE: usize = 4;

/// Generates one or two seats, each once.
pub(super) fn some_seats() -> impl Strategy<Value = Vec<u32>> {
    vec(prop_oneof![20 => 1..=SEATS, 1 => Just(SEATS + 1)], 1..3).prop_map(|mut seats| {
        seats.sort_unstable();
        seats.dedup();
        seats
    })
}
