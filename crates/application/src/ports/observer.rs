//! The port of those who follow what is committed.

use domain::Change;

use crate::ports::Committed;

/// Follows this process's own commits, to keep a read model up to date. It is told before the client is, so that a client
/// reads its own writes.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait Observer: Send + Sync {
    /// `change` is durable. Two lanes may tell of changes to one row in the wrong order: the higher version is the newer.
    fn committed(&self, change: &Change, committed: &Committed);
    /// `change` may be durable or not: what is remembered of its rows may be old.
    fn doubtful(&self, change: &Change);
}
