//! Races as rendezvous: both sides have loaded and decided before either commits. One wins, the other loads and decides again.

mod lines;
mod money;
mod seats;

pub use lines::*;
pub use money::*;
pub use seats::*;
