//! The interface of a storage engine: one ordered map from bytes to bytes with consistent reads and atomic writes.

use std::error::Error;
use std::ops::Range;

use thiserror::Error;

/// An entry: a key and its value.
pub type Entry = (Vec<u8>, Vec<u8>);

/// An iterator of entries.
pub type EntryIter<'a> = Box<dyn Iterator<Item = Result<Entry, EngineError>> + 'a>;

/// A storage engine: an ordered map from bytes to bytes. Keys are compared byte by byte, and have one to a few hundred bytes; values have
/// one to a few thousand bytes.
///
/// The engine is responsible for these guarantees of [`EmbeddedStore`](crate::EmbeddedStore): a write that [`Self::write`] has returned
/// survives a crash of the process and, as far as the engine guarantees it, of the machine; no reader sees a partial write; one process at
/// a time uses the map.
pub trait Engine: Send + Sync + 'static {
    /// Whether its methods may block: on a disk, or on another thread that does. If so, they are called on threads that may block.
    const BLOCKS: bool = true;

    /// Runs `work` on a snapshot of the map: concurrent writes are not visible.
    ///
    /// # Errors
    /// Those of `work`, and those of the engine.
    fn read<T, E: From<EngineError>>(&self, work: impl FnOnce(&dyn Entries) -> Result<T, E>) -> Result<T, E>;

    /// Runs `work` while there is no other writer, and makes its changes durable. If `work` fails or panics, nothing is written, and the
    /// next write MUST succeed: a mutex that a panicking thread holds is poisoned.
    ///
    /// # Errors
    /// Those of `work`, and those of the engine: [`EngineError::Unknown`] if the changes may be written nevertheless.
    fn write<T, E: From<EngineError>>(&self, work: impl FnOnce(&mut dyn EntriesMut) -> Result<T, E>) -> Result<T, E>;
}

/// A map for reading.
pub trait Entries {
    /// Returns the value of `key`, if it has one.
    ///
    /// # Errors
    /// Those of the engine.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError>;

    /// Returns the entries whose keys are in `keys`, in key order. The start of `keys` is never after its end; if both are equal, there are
    /// no entries.
    ///
    /// # Errors
    /// Those of the engine.
    fn range(&self, keys: Range<&[u8]>, order: Order) -> Result<EntryIter<'_>, EngineError>;
}

/// A map for reading and writing. Reads see previous writes.
pub trait EntriesMut: Entries {
    /// Sets the value of `key`, whether or not it had one.
    ///
    /// # Errors
    /// Those of the engine.
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), EngineError>;

    /// Removes `key` and its value, if it exists.
    ///
    /// # Errors
    /// Those of the engine.
    fn remove(&mut self, key: &[u8]) -> Result<(), EngineError>;
}

/// The order of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The lowest key first.
    Ascending,
    /// The highest key first.
    Descending,
}

/// An error of the engine.
#[derive(Debug, Error)]
pub enum EngineError {
    /// Nothing was written.
    #[error("the storage engine has failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
    /// Making the changes durable failed: they may be durable or not.
    #[error("it is unknown whether the storage engine has written the changes")]
    Unknown(#[source] Box<dyn Error + Send + Sync>),
}

impl EngineError {
    /// Reports that nothing was written, because of `error`.
    pub fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(error.into())
    }

    /// Reports that `error` leaves it unknown whether the changes were written. The clients that sent them get an error for the unknown
    /// outcome, and learn the outcome by sending their requests again; until a write succeeds, the server reports that it is not ready. The
    /// process does not exit: an engine that cannot continue MUST fail from then on.
    pub fn unknown(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unknown(error.into())
    }
}
