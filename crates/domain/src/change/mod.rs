//! Changes: what a decision wants committed, as plain data: what it relies on, what it writes, what has happened. A store makes a change
//! durable whole or not at all.

mod collisions;
mod guard;
mod row;

use time::OffsetDateTime;

pub use collisions::Collisions;
pub use guard::Guard;
pub use row::{Admission, RowKey, RowKind, RowWrite, Write};

use crate::Event;
pub use crate::token::NewToken;

/// What a decision wants committed, all or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What it relies on beside the rows that it writes.
    pub guards: Vec<Guard>,
    /// The rows that it writes, each once.
    pub writes: Vec<RowWrite>,
    /// What has happened, for the log.
    pub events: Vec<Event>,
    /// The earliest deadline that the decision relied on: at or after it the change must not be committed.
    pub not_after: Option<OffsetDateTime>,
}

impl Change {
    /// Relies on `guard`, too.
    pub fn rely_on(&mut self, guard: Guard) {
        if !self.guards.contains(&guard) {
            self.guards.push(guard);
        }
    }

    /// Relies on each of `guards`, too.
    pub fn rely_on_all(&mut self, guards: impl IntoIterator<Item = Guard>) {
        guards.into_iter().for_each(|guard| self.rely_on(guard));
    }

    /// Writes a row, too.
    pub fn write(&mut self, write: impl Into<RowWrite>) {
        self.writes.push(write.into());
    }

    /// The change with `guard`.
    #[must_use]
    pub fn relying_on(mut self, guard: Guard) -> Self {
        self.rely_on(guard);
        self
    }

    /// The change with one more row.
    #[must_use]
    pub fn writing(mut self, write: impl Into<RowWrite>) -> Self {
        self.write(write);
        self
    }

    /// Lets the change lapse at `deadline` unless it lapses before.
    pub fn not_after(&mut self, deadline: OffsetDateTime) {
        self.not_after = Some(self.not_after.map_or(deadline, |old| old.min(deadline)));
    }

    /// The rows of one kind that it writes.
    pub fn rows<K: RowKind>(&self) -> impl Iterator<Item = &Write<K>> {
        self.writes.iter().filter_map(K::of)
    }

    /// The first of the rows of one kind that it writes, for kinds of which a change writes one at most.
    #[must_use]
    pub fn row<K: RowKind>(&self) -> Option<&Write<K>> {
        self.rows().next()
    }

    /// The rows of one kind that it writes, to be changed.
    pub fn rows_mut<K: RowKind>(&mut self) -> impl Iterator<Item = &mut Write<K>> {
        self.writes.iter_mut().filter_map(K::of_mut)
    }

    /// The keys of all rows that it writes.
    pub fn keys(&self) -> impl Iterator<Item = RowKey> {
        self.writes.iter().map(RowWrite::key)
    }
}
