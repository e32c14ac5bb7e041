//! Reading: lists in their order, pages without gaps, what doesn't exist.

mod catalogue;
mod people;
mod reservations;

pub use catalogue::*;
pub use people::*;
pub use reservations::*;
