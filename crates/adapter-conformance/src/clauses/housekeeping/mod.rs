//! The port of housekeeping.

mod log;
mod records;
mod tokens;

pub use log::*;
pub use records::*;
pub use tokens::*;
