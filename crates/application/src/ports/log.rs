//! The port of the event log: the committed events, in the order of commits.

use async_trait::async_trait;
use domain::{Event, EventId, LoggedRow};
use thiserror::Error;
use time::OffsetDateTime;

use crate::ports::ReadError;

/// A position in the log: each event has its own, and later commits have higher ones. 0 is before the first event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// An event in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Its position.
    pub position: Position,
    /// Its unique id.
    pub id: EventId,
    /// When it was committed.
    pub at: OffsetDateTime,
    /// The event.
    pub event: Event,
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage<T> {
    /// The items, in the order of positions.
    pub items: Vec<T>,
    /// The position up to which the page extends.
    pub position: Position,
    /// The current end of the log.
    pub end: Position,
}

/// The range of the log's positions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogExtent {
    /// The highest deleted position: a reader that starts after it misses none of the remaining events.
    pub start: Position,
    /// The last position.
    pub end: Position,
}

/// The name of a durable reader: 1 to 64 characters from `a` to `z`, digits, `-` and `_`, of which the first is a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReaderName(String);

/// The error of an invalid name of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a reader's name must have 1 to 64 characters: lower-case letters and digits, and after the first also hyphens and underscores")]
pub struct InvalidReaderName;

impl ReaderName {
    /// Parses a name.
    pub fn new(name: &str) -> Result<Self, InvalidReaderName> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_name = name.len() <= 64 && name.bytes().next().is_some_and(is_plain);
        let is_name = is_name && name.bytes().all(|byte| is_plain(byte) || b"-_".contains(&byte));
        if is_name { Ok(Self(name.to_owned())) } else { Err(InvalidReaderName) }
    }

    /// Returns the name as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A reader whose position the store keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReader {
    /// Its name.
    pub name: ReaderName,
    /// The position up to which it has read.
    pub position: Position,
    /// When its position was last kept.
    pub moved_at: OffsetDateTime,
}

/// The maximum number of readers that the store keeps.
pub const MAX_READERS: u32 = 100;

/// The event log: the events and rows of each committed change.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Log: Send + Sync {
    /// Returns the range of the log's positions. Everything committed up to its end MUST already be readable in the store.
    async fn extent(&self) -> Result<LogExtent, ReadError>;

    /// Returns the next events: those of all commits that have one of the `at_most` positions above `after`, complete except for events at
    /// or below `after`. None if events after `after` are already deleted, or if the log ends before it.
    ///
    /// - From page to page, each event of each commit MUST be returned exactly once, however long its commit took, whatever other
    ///   transactions were open meanwhile, and also after a crash of the store or a restore from a backup that was made after the reader's
    ///   position.
    /// - Events of one subject MUST be in the order of its versions. Events of a later commit MUST follow those of an earlier one, and
    ///   events of one change MUST be in the order of the change.
    /// - A reader that continues until a page's position is the end of the log MUST have received all events that were committed before it
    ///   started.
    async fn events(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedEvent>>, ReadError>;

    /// Returns the next rows for the read models, from commits of any process: those of at most `at_most` groups of commits, and of fewer
    /// if they are large. Rows MAY be returned more than once. A store that belongs to one process has no other readers: it MAY return no
    /// rows.
    async fn rows(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedRow>>, ReadError>;

    /// Returns all readers, by name.
    async fn readers(&self) -> Result<Vec<LogReader>, ReadError>;

    /// Keeps the position of a new or known reader, which may move forward or back. Returns false, and keeps nothing, if the reader is new
    /// and there are [`MAX_READERS`] already.
    async fn keep_reader(&self, name: &ReaderName, position: Position) -> Result<bool, ReadError>;

    /// Deletes a reader, and returns whether it existed.
    async fn forget_reader(&self, name: &ReaderName) -> Result<bool, ReadError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_readers_are_short_and_contain_only_the_allowed_characters() {
        for name in ["mailer", "a", "0", "shop-2_eu", &"x".repeat(64)] {
            assert_eq!(ReaderName::new(name).unwrap().as_str(), name);
        }
        for name in ["", "Mailer", ".", "a.b", "-a", "a b", "ä", "a/b", &"x".repeat(65)] {
            assert_eq!(ReaderName::new(name), Err(InvalidReaderName), "{name:?}");
        }
    }
}
