//! Loading: from the loads of a batch to the keys that they name, from the rows found to a context for each.

mod context;
mod due;
mod found;
mod holds;
mod wanted;

pub use context::contexts;
pub use due::Due;
pub use found::{Found, Row, Rows};
pub use holds::Holds;
pub use wanted::Wanted;
