//! Adjustments of builders' rows.

use crate::{Version, Versioned};

impl<T> Versioned<T> {
    /// Returns the row as modified by `change`, at the same version: `a_seat(7).with(|seat| seat.with_price(won(45_000)))`.
    #[must_use]
    pub fn with(self, change: impl FnOnce(T) -> T) -> Self {
        Self { row: change(self.row), ..self }
    }

    /// Returns the row at another version.
    #[must_use]
    pub fn at_version(self, version: i64) -> Self {
        Self { version: Version(version), ..self }
    }
}
