//! Read models: what is answered from memory, made of the rows that the event log tells of.

use async_trait::async_trait;
use domain::LoggedRow;

use crate::Error;

/// A fold over the event log. Commits of this process and of others come the same way, in any order and more than once: of two versions of
/// a row the higher one is the newer.
#[async_trait]
pub trait ReadModel: Send + Sync {
    /// Takes in a row as it was committed.
    fn apply(&self, row: LoggedRow);
    /// Rows may have changed unseen: reads what it must from the store.
    async fn read_anew(&self) -> Result<(), Error>;
}
