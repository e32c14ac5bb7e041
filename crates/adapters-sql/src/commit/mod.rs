//! Commit: the rows that a group relies on, whether each change may be committed, and the rows to be written.

mod batch;
mod guards;
mod judge;
mod numbers;
mod waiting_counts;

pub use batch::{Batch, Checks, RowsToWrite};
pub use guards::{CurrentVersions, GuardedKeys};
pub use judge::ChangeValidator;
pub use numbers::Numbers;
pub use waiting_counts::{WaitingCounts, counters_written};
