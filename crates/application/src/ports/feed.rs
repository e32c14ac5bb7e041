//! The port of the change feed: what other processes have written.

use async_trait::async_trait;
use domain::{QueueToken, Seat, Versioned};

use crate::ports::ReadError;

/// How far a feed has been read. Only the store that it comes from knows what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPosition(pub String);

/// Rows that were written, as they are by now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Tokens.
    pub tokens: Vec<Versioned<QueueToken>>,
    /// Seats.
    pub seats: Vec<Versioned<Seat>>,
}

/// Whose commits a reading tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Those of other processes, and those of this one whose outcome was reported as unknown before they became visible.
    Others,
    /// Those of this process, too.
    Everybodys,
}

/// What a store that several processes serve tells each of the others' commits. It knows of tokens and seats.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Feed: Send + Sync {
    /// Where the feed is now. What can be read in the store when this is called MUST NOT be news after it.
    async fn position(&self) -> Result<FeedPosition, ReadError>;

    /// What was committed after `position`, and the new position. A commit MUST be told of exactly once on the way from position to
    /// position, also if it began before the position and ended after it. A commit that takes longer to be reported as unknown than a reader goes back
    /// after it MUST be news to its own process, too. None if that is so long ago, or so much, that it isn't
    /// known any more: then everything must be read anew.
    async fn since(&self, position: &FeedPosition, whose: Whose) -> Result<Option<(News, FeedPosition)>, ReadError>;
}
