//! The port of the event log: what was committed, in the order of commits.

use async_trait::async_trait;
use domain::{Event, EventId, LoggedRow};
use thiserror::Error;
use time::OffsetDateTime;

use crate::ports::ReadError;

/// A place in the log: an event has one of its own, and later commits have higher ones. 0 is before everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// An event as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Its place.
    pub position: Position,
    /// What tells it from all others.
    pub id: EventId,
    /// When it was committed.
    pub at: OffsetDateTime,
    /// What has happened.
    pub event: Event,
}

/// Some of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage<T> {
    /// What it tells, in the order of positions.
    pub items: Vec<T>,
    /// Up to where it goes.
    pub position: Position,
    /// Up to where the log goes by now.
    pub end: Position,
}

/// From where to where the log goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogExtent {
    /// The highest position that is deleted: who reads from here on misses nothing that is left.
    pub start: Position,
    /// The last position.
    pub end: Position,
}

/// What a durable reader is known by: 1 to 64 of `a` to `z`, digits, `-` and `_`, a letter or digit first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReaderName(String);

/// It is no name of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a name of 1 to 64 characters: lower-case letters, digits, and after the first hyphens and underscores")]
pub struct InvalidReaderName;

impl ReaderName {
    /// The name.
    pub fn new(name: &str) -> Result<Self, InvalidReaderName> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_name = name.len() <= 64 && name.bytes().next().is_some_and(is_plain);
        let is_name = is_name && name.bytes().all(|byte| is_plain(byte) || b"-_".contains(&byte));
        if is_name { Ok(Self(name.to_owned())) } else { Err(InvalidReaderName) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A reader whose position the store keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReader {
    /// What it is known by.
    pub name: ReaderName,
    /// Up to where it has read.
    pub position: Position,
    /// When it last said so.
    pub moved_at: OffsetDateTime,
}

/// How many readers the store keeps.
pub const MAX_READERS: u32 = 100;

/// The event log: the events and rows of each committed change.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Log: Send + Sync {
    /// From where to where the log goes. What was committed up to its end MUST be readable in the store by now.
    async fn extent(&self) -> Result<LogExtent, ReadError>;

    /// The next events: those of whole commits that have one of the `at_most` positions above `after`, without those at `after` and before. None
    /// if what comes after it is deleted already, or if the log ends before it.
    ///
    /// - From page to page, each event of each commit MUST come exactly once, however long its commit took, whatever others left open
    ///   meanwhile, and also after a crash of the store, or a restore from a backup that was made after the reader's position.
    /// - Events of one subject MUST ascend by its version, and those of a later commit MUST come after those of an earlier one, those of a change in
    ///   the change's order.
    /// - Who reads on until a page's position is the log's end MUST have all events of what was committed when they began.
    async fn events(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedEvent>>, ReadError>;

    /// The same for the rows that read models are made of, whichever process has written them: those of at most `at_most` groups of commits, and
    /// of fewer if they are large. Rows MAY come more than once. A store that one process owns has nobody to tell them: it MAY tell none.
    async fn rows(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedRow>>, ReadError>;

    /// All readers, by name.
    async fn readers(&self) -> Result<Vec<LogReader>, ReadError>;

    /// Keeps up to where a reader has read, be it new or known, forward or back. False, with nothing kept, if it is new and there are
    /// [`MAX_READERS`].
    async fn keep_reader(&self, name: &ReaderName, position: Position) -> Result<bool, ReadError>;

    /// Forgets a reader. Whether there was one.
    async fn forget_reader(&self, name: &ReaderName) -> Result<bool, ReadError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readers_name_is_short_and_plain() {
        for name in ["mailer", "a", "0", "shop-2_eu", &"x".repeat(64)] {
            assert_eq!(ReaderName::new(name).unwrap().as_str(), name);
        }
        for name in ["", "Mailer", ".", "a.b", "-a", "a b", "ä", "a/b", &"x".repeat(65)] {
            assert_eq!(ReaderName::new(name), Err(InvalidReaderName), "{name:?}");
        }
    }
}
