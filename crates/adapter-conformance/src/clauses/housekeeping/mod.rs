//! The housekeeping port.

mod log;
mod records;
mod tokens;

pub use log::*;
pub use records::*;
pub use tokens::*;
