//! The port of commands: load what a decision needs, commit what it wants.

use async_trait::async_trait;
use domain::need::Unreadable;
use domain::{Change, Need, Rows};
use thiserror::Error;

/// What a commit adds to a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Committed {
    /// The number that a join was given.
    pub number: Option<u64>,
}

/// The store can't be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It isn't there, or didn't answer in time.
    #[error("the store can't be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answers, and takes no writes: a standby, after a failover.
    #[error("the store takes no writes: it is a standby")]
    ReadOnly,
    /// It answers, and can't be written: a full disk.
    #[error("the store can't be written: {0}")]
    NotWritable(String),
    /// It answers, and acknowledges commits that it may lose.
    #[error("the store acknowledges commits that a crash or a failover loses")]
    NotDurable,
    /// A row makes no sense.
    #[error("a row makes no sense: {0}")]
    Corrupt(String),
    /// The store is broken or misused: a table that is missing, a statement that it doesn't understand, a panic. Reading again doesn't help.
    #[error("the store is at fault")]
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

/// A change was not committed, or it isn't known whether it was.
#[derive(Debug, Error)]
pub enum CommitError {
    /// A guard failed: a version, a unique record, a deadline. Nothing of the change is written.
    #[error("what the decision relied on has changed")]
    Conflict,
    /// The store refuses the change itself, not the group that it came in. Nothing of it is written, and committing it again doesn't help:
    /// the change, or the store, is wrong.
    #[error("the store refuses the change")]
    Rejected(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store can't be reached, or can't write now. Nothing of the change is written: it may be committed again.
    #[error("the store can't be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store was told to commit and has not answered.
    #[error("it is not known whether the change is committed")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where the rows are.
///
/// The store's clock is the one clock of all decisions.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Store: Send + Sync {
    /// Loads, in one round trip, all rows that `needs` are about.
    ///
    /// All of them MUST be read at one instant, and `now` MUST be a reading of the store's clock that is not later than that instant's end.
    /// Rows MUST be returned whether or not their deadline has passed: time is for the domain to judge. Rows that no need is about MAY be
    /// returned as well. A row that makes no sense MUST be returned as unreadable, so that it fails the needs alone that it belongs to.
    /// Instants MUST have microseconds.
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError>;

    /// Commits `changes`, in one transaction where it can, and tells for each what came of it, in their order.
    ///
    /// - There MUST be as many results as `changes`: with any other number the outcome of all of them is unknown.
    /// - A change MUST be written whole or not at all, and MUST be durable before it is told to be committed: a crash at that moment
    ///   MUST leave it to whoever opens the store next.
    /// - It MUST be a [`CommitError::Conflict`], with nothing written, if a row has another version than expected; if a row to be
    ///   inserted exists; if a wallet entry or a deed has an id that another has; if a [`domain::Guard`] doesn't hold; if the user of a
    ///   place has a live token in that queue that the change doesn't end; if the change collides with one before it in the group, as
    ///   [`domain::change::Collisions`] judges, that is committed; if the store's clock, read after the guards are secured, is at or past
    ///   `not_after`. Room in a queue is counted with the changes that its group puts before it.
    /// - A change that fails MUST NOT keep the others of its group from being committed: if a group fails as a whole, its members are
    ///   committed singly, once.
    /// - A written row's version MUST be the expected one plus one, an inserted row's [`domain::Version::FIRST`].
    /// - Numbers MUST be gapless within a queue from 1, one a join, in the order of commits, within a group in the order of its
    ///   changes.
    /// - A new queue MUST have an admission version and numbers of its own. Both, and who is in the queue, MUST stay as they are when the
    ///   queue is changed.
    /// - Wallet entries and deeds MUST never be changed or deleted.
    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>>;
}
