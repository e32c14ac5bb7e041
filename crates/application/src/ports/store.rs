//! The port of commands: loads the rows of a decision, and commits its changes.

use async_trait::async_trait;
use domain::need::Unreadable;
use domain::{Change, Need, Rows};
use thiserror::Error;

/// The data that a commit adds to a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Committed {
    /// The number that was assigned to a join.
    pub number: Option<u64>,
}

/// The error of a failed read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The store is not available, or didn't respond in time.
    #[error("the store can't be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store responds, but accepts no writes: it is a standby after a failover.
    #[error("the store accepts no writes: it is a standby")]
    ReadOnly,
    /// The store responds, but can't be written, for example because the disk is full.
    #[error("the store can't be written: {0}")]
    NotWritable(String),
    /// The store responds, but acknowledges commits that it may lose.
    #[error("the store acknowledges commits that a crash or a failover may lose")]
    NotDurable,
    /// A row is invalid.
    #[error("a row is invalid: {0}")]
    Corrupt(String),
    /// The store is broken or misused: a missing table, an unsupported statement, a panic. Reading again doesn't help.
    #[error("the store has a fault")]
    Fault(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ReadError {
    /// Whether reading again may succeed.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::ReadOnly | Self::NotWritable(_) | Self::NotDurable => true,
            Self::Corrupt(_) | Self::Fault(_) => false,
        }
    }
}

impl From<Unreadable> for ReadError {
    fn from(row: Unreadable) -> Self {
        Self::Corrupt(row.problem)
    }
}

/// The error of a change that was not committed, or whose outcome is unknown.
#[derive(Debug, Error)]
pub enum CommitError {
    /// A guard failed: a version, a unique record, a deadline. Nothing of the change is written.
    #[error("the rows that the decision relied on have changed")]
    Conflict,
    /// The store refuses the change itself, independently of its group. Nothing of it is written, and committing it again doesn't help: the
    /// change or the store is wrong.
    #[error("the store refuses the change")]
    Rejected(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store can't be reached, or can't write at present. Nothing of the change is written: it may be committed again.
    #[error("the store can't be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The commit was sent to the store, which has not responded.
    #[error("the outcome of the commit is unknown")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The store of the rows.
///
/// All decisions use the store's clock.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Store: Send + Sync {
    /// Loads, in one round trip, all rows that `needs` refer to.
    ///
    /// All of them MUST be read at one instant, and `now` MUST be a reading of the store's clock that is not later than that instant's end.
    /// Rows MUST be returned whether or not their deadline has passed: the domain evaluates deadlines. Rows that no need refers to MAY be
    /// returned as well. An invalid row MUST be returned as unreadable, so that it fails only the needs that refer to it. Instants MUST
    /// have microsecond precision.
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError>;

    /// Commits `changes`, in one transaction if possible, and returns the result of each change, in their order.
    ///
    /// - There MUST be as many results as `changes`: with any other number the outcome of all of them is unknown.
    /// - A change MUST be written completely or not at all, and MUST be durable before it is reported as committed: after a crash at that
    ///   moment the store MUST have it when it is opened next.
    /// - It MUST be a [`CommitError::Conflict`], with nothing written, if a row has another version than expected; if a row to be inserted
    ///   exists; if a wallet entry or an audit entry has the id of an existing one; if a [`domain::Guard`] fails; if the user of a join has
    ///   a live token in that queue that the change doesn't end; if the change collides, by [`domain::change::Collisions`], with an earlier
    ///   change of the group that is committed; if the store's clock, read after the guards are secured, is at or past `not_after`. Room in
    ///   a queue is counted with the earlier changes of the group.
    /// - A change that fails MUST NOT prevent the others of its group from being committed. If a group fails as a whole, it SHOULD be
    ///   halved until the change that fails is alone, for a limited time; changes that are then not tried are conflicts.
    /// - A row that another transaction has locked SHOULD fail only the changes that need it, as a conflict.
    /// - A written row's version MUST be the expected one plus one, an inserted row's [`domain::Version::FIRST`].
    /// - Numbers MUST be gapless within a queue from 1, one per join, in the order of commits, within a group in the order of its changes.
    /// - A new queue MUST have its own admission row, [`domain::change::Admission::new`], and numbers. Both, and the tokens of the queue,
    ///   MUST remain unchanged when the queue is changed.
    /// - Wallet entries and audit entries MUST never be changed or deleted.
    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>>;
}
