//! The port of time.

use time::OffsetDateTime;

/// The store's clock, as far as this process can tell without asking the store.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait Clock: Send + Sync {
    /// The instant, in microseconds, UTC.
    fn now(&self) -> OffsetDateTime;
}
