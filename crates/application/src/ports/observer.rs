//! The port of observers of commits.

use domain::Change;

use crate::ports::Committed;

/// An observer of this process's own commits, which updates a read model. It is notified before the client is answered, so that a client
/// reads its own writes.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait Observer: Send + Sync {
    /// Receives a durable change. Two lanes may report changes to one row in the wrong order: the higher version is the newer.
    fn committed(&self, change: &Change, committed: &Committed);
    /// Receives a change with an unknown outcome, which may be durable or not: the state in memory of its rows may be outdated.
    fn doubtful(&self, change: &Change);
}
