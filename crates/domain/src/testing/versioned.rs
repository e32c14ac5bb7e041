//! Rows that differ from a builder's.

use crate::{Version, Versioned};

impl<T> Versioned<T> {
    /// The row as `change` leaves it, at the same version: `a_seat(7).with(|seat| seat.price = won(45_000))`.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut T)) -> Self {
        change(&mut self.row);
        self
    }

    /// The row at another version.
    #[must_use]
    pub fn at_version(self, version: i64) -> Self {
        Self { version: Version(version), ..self }
    }
}
