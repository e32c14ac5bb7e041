//! Races: both sides load and decide before either commits. One wins; the other loads and decides again.

mod lines;
mod money;
mod seats;
mod tickets;

pub use lines::*;
pub use money::*;
pub use seats::*;
pub use tickets::*;
