//! Reading: lists in their order, pages without gaps, what doesn't exist.

mod bookings;
mod catalogue;
mod people;

pub use bookings::*;
pub use catalogue::*;
pub use people::*;
