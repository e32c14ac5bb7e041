//! Reads: the order of lists, pages without gaps, and missing rows.

mod catalogue;
mod listings;
mod people;
mod reservations;

pub use catalogue::*;
pub use listings::*;
pub use people::*;
pub use reservations::*;
