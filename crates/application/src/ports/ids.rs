//! The port of id generation.

use uuid::Uuid;

/// Generates ids of new rows.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait Ids: Send + Sync {
    /// Returns an id that sorts after those generated in earlier milliseconds.
    fn ordered(&self) -> Uuid;
    /// Returns an id that can't be guessed.
    fn secret(&self) -> Uuid;
}
