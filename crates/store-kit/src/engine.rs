//! What a storage engine provides: one ordered map from bytes to bytes, read at one instant, written whole or not at all.

use std::error::Error;
use std::ops::Range;

use thiserror::Error;

/// An entry: a key and its value.
pub type Entry = (Vec<u8>, Vec<u8>);

/// Entries, read one after the other.
pub type EntryIter<'a> = Box<dyn Iterator<Item = Result<Entry, EngineError>> + 'a>;

/// An engine that keeps an ordered map from bytes to bytes. Keys are compared byte by byte, and have one to a few hundred bytes; values have one to
/// some thousand bytes.
///
/// Of [`EmbeddedStore`](crate::EmbeddedStore)'s promises these are the engine's: what [`Self::write`] has returned survives a crash of the
/// process and, as far as the engine promises it at all, of the machine; nobody sees half of a write; one process at a time has the map.
pub trait Engine: Send + Sync + 'static {
    /// Whether its methods may wait: for a disk, or for another thread that does. They are called on threads that may block then.
    const BLOCKS: bool = true;

    /// Runs `work` on the map as it is at one instant: what is written meanwhile is not seen.
    ///
    /// # Errors
    /// Those of `work`, and the engine's own.
    fn read<T, E: From<EngineError>>(&self, work: impl FnOnce(&dyn Entries) -> Result<T, E>) -> Result<T, E>;

    /// Runs `work`, while nobody else writes, and makes durable what it has put and removed. If it fails, or panics, nothing is written, and the next
    /// write MUST work: a lock that a panicking thread holds is poisoned.
    ///
    /// # Errors
    /// Those of `work`, and the engine's own: [`EngineError::Unknown`] if the map may be written nevertheless.
    fn write<T, E: From<EngineError>>(&self, work: impl FnOnce(&mut dyn EntriesMut) -> Result<T, E>) -> Result<T, E>;
}

/// A map to be read.
pub trait Entries {
    /// The value of `key`, if it has one.
    ///
    /// # Errors
    /// The engine's.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError>;

    /// The entries whose keys are in `keys`, in the order of their keys. `keys` never ends before it begins; where it ends where it begins, nothing is in it.
    ///
    /// # Errors
    /// The engine's.
    fn range(&self, keys: Range<&[u8]>, order: Order) -> Result<EntryIter<'_>, EngineError>;
}

/// A map to be read and written. What has been written is read from then on.
pub trait EntriesMut: Entries {
    /// Gives `key` a value, whether or not it had one.
    ///
    /// # Errors
    /// The engine's.
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), EngineError>;

    /// Takes `key` and its value out, if it is there.
    ///
    /// # Errors
    /// The engine's.
    fn remove(&mut self, key: &[u8]) -> Result<(), EngineError>;
}

/// In which order entries come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The lowest key first.
    Ascending,
    /// The highest key first.
    Descending,
}

/// The engine has failed.
#[derive(Debug, Error)]
pub enum EngineError {
    /// Nothing is written.
    #[error("the storage engine has failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
    /// It was to make durable what was written, and failed: that may be durable or not.
    #[error("it is not known whether the storage engine has written")]
    Unknown(#[source] Box<dyn Error + Send + Sync>),
}

impl EngineError {
    /// Nothing is written, because of `error`.
    pub fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(error.into())
    }

    /// Because of `error` it isn't known whether anything is written. The clients whose changes it were are told so, and find out by sending their requests
    /// again; until a write succeeds the server says that it isn't ready. Nothing ends the process: an engine that can't go on MUST fail from then on.
    pub fn unknown(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unknown(error.into())
    }
}
