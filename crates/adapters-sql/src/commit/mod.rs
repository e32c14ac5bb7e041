//! Committing: what a group relies on, whether each change may be committed, and the rows to be written.

mod batch;
mod guards;
mod judge;
mod lines;
mod numbers;

pub use batch::{Batch, Checks, RowsToWrite};
pub use guards::{Guards, Names};
pub use judge::Judge;
pub use lines::Lines;
pub use numbers::Numbers;
