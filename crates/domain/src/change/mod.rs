//! Changes: the effect of a decision as plain data: the guards that it relies on, the rows that it writes, and its events. A store commits
//! a change as a whole or not at all.

mod chain;
mod collisions;
mod guard;
mod row;

use time::OffsetDateTime;

pub use collisions::Collisions;
pub use guard::Guard;
pub use row::{RowKey, RowKind, RowWrite, Write};

use crate::Event;
pub use crate::admission::Admission;
pub use crate::token::NewToken;

/// The effect of a decision, to be committed atomically.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The conditions that it relies on in addition to the rows that it writes.
    pub guards: Vec<Guard>,
    /// The rows that it writes, each at most once.
    pub writes: Vec<RowWrite>,
    /// The events for the event log.
    pub events: Vec<Event>,
    /// The earliest deadline that the decision relied on: the change must not be committed at or after it.
    pub not_after: Option<OffsetDateTime>,
}

impl Change {
    /// Adds `guard`, unless the change has it already.
    pub fn rely_on(&mut self, guard: Guard) {
        if !self.guards.contains(&guard) {
            self.guards.push(guard);
        }
    }

    /// Adds each of `guards` that the change doesn't have yet.
    pub fn rely_on_all(&mut self, guards: impl IntoIterator<Item = Guard>) {
        guards.into_iter().for_each(|guard| self.rely_on(guard));
    }

    /// Adds a row to be written.
    pub fn write(&mut self, write: impl Into<RowWrite>) {
        self.writes.push(write.into());
    }

    /// Returns the change with `guard` added.
    #[must_use]
    pub fn relying_on(mut self, guard: Guard) -> Self {
        self.rely_on(guard);
        self
    }

    /// Returns the change with a row to be written added.
    #[must_use]
    pub fn writing(mut self, write: impl Into<RowWrite>) -> Self {
        self.write(write);
        self
    }

    /// Limits the commit to before `deadline`; an earlier limit remains.
    pub fn not_after(&mut self, deadline: OffsetDateTime) {
        self.not_after = Some(self.not_after.map_or(deadline, |old| old.min(deadline)));
    }

    /// Returns the rows of one kind that it writes.
    pub fn rows<K: RowKind>(&self) -> impl Iterator<Item = &Write<K>> {
        self.writes.iter().filter_map(K::of)
    }

    /// Returns the first row of one kind that it writes, for kinds of which a change writes at most one.
    #[must_use]
    pub fn row<K: RowKind>(&self) -> Option<&Write<K>> {
        self.rows().next()
    }

    /// Returns the rows of one kind that it writes, mutably.
    pub fn rows_mut<K: RowKind>(&mut self) -> impl Iterator<Item = &mut Write<K>> {
        self.writes.iter_mut().filter_map(K::of_mut)
    }

    /// Returns the keys of all rows that it writes.
    pub fn keys(&self) -> impl Iterator<Item = RowKey> {
        self.writes.iter().map(RowWrite::key)
    }
}
