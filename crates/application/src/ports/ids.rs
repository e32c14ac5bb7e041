//! The port of new ids.

use uuid::Uuid;

/// Ids for new things.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait Ids: Send + Sync {
    /// An id that sorts after those drawn in earlier milliseconds.
    fn ordered(&self) -> Uuid;
    /// An id that nobody can guess.
    fn secret(&self) -> Uuid;
}
