//! Versions: a commit compares them to check that a row is still the one that the decision read.

/// The version of a row: the number of times it has been written, 1 after its insertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub i64);

impl Version {
    /// The version of a row that has just been inserted.
    pub const FIRST: Self = Self(1);

    /// Returns the version after one more write.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A row as it was read, with the version that guards a write to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The version that was read.
    pub version: Version,
    /// The row that was read.
    pub row: T,
}

impl<T> Versioned<T> {
    /// Creates a row that was read at `version`.
    pub const fn new(version: Version, row: T) -> Self {
        Self { version, row }
    }
}

impl<T> std::ops::Deref for Versioned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.row
    }
}
