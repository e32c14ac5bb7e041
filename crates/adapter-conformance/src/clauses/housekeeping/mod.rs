//! The housekeeping port.

mod backlog;
mod log;
mod records;
mod reservations;
mod tokens;
mod users;

pub use backlog::*;
pub use log::*;
pub use records::*;
pub use reservations::*;
pub use tokens::*;
pub use users::*;
