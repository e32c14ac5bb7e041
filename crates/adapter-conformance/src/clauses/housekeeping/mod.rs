//! The port of housekeeping.

mod records;
mod tokens;

pub use records::*;
pub use tokens::*;
