//! Read models: state in memory that is built from the rows of the event log.

use async_trait::async_trait;
use domain::LoggedRow;

use crate::Error;

/// A fold over the event log. Commits of this process and of others are applied in the same way, in any order and possibly more than once:
/// of two versions of a row the higher one is the newer.
#[async_trait]
pub trait ReadModel: Send + Sync {
    /// Applies a committed row.
    fn apply(&self, row: LoggedRow);
    /// Reads the required rows from the store again, after rows may have changed without being applied.
    async fn reload(&self) -> Result<(), Error>;
}
