//! Reads: the order of lists, pages without gaps, and missing rows.

mod catalogue;
mod people;
mod reservations;

pub use catalogue::*;
pub use people::*;
pub use reservations::*;
