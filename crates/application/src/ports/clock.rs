//! The port of time.

use time::OffsetDateTime;

/// The store's clock, as this process estimates it without a request to the store.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait Clock: Send + Sync {
    /// Returns the current instant, in microseconds, UTC.
    fn now(&self) -> OffsetDateTime;
}
