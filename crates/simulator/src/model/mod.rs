//! The naive model: keeps all committed rows in plain maps and checks each commit against the promises. It shares no rule with the domain; it
//! reads only the fields of rows and compares them with their previous state.

mod events;
mod inventory;
mod keys;
mod queues;
mod wallets;

use std::collections::HashMap;

use application::ports::Committed;
use domain::change::{Admission, RowKey};
use domain::{AuditEntry, Change, NewToken, RowWrite};
use time::OffsetDateTime;

use crate::plan::Numbers;
use crate::violation::{Check, Violation, ensure};

pub(crate) use events::EventsRead;
pub(crate) use inventory::{Inventory, SeatOwner};
pub(crate) use keys::Keys;
pub(crate) use queues::{Place, Queues, Stage};
pub(crate) use wallets::Wallets;

/// The committed state.
pub(crate) struct Model {
    /// The latest time of the store's clock so far: what had expired then remains expired if the clock jumps back.
    pub(crate) latest: OffsetDateTime,
    versions: HashMap<RowKey, i64>,
    pub(crate) queues: Queues,
    pub(crate) inventory: Inventory,
    pub(crate) wallets: Wallets,
    pub(crate) keys: Keys,
    /// The events of all commits, in commit order.
    pub(crate) events: Vec<domain::Event>,
}

/// A committed change, its queue number, and its time.
pub(crate) struct Commit<'a> {
    pub(crate) change: &'a Change,
    /// The queue number of a join.
    pub(crate) number: Option<u64>,
    /// The time of the store's clock.
    pub(crate) now: OffsetDateTime,
    /// The latest time of the store's clock so far.
    pub(crate) latest: OffsetDateTime,
    /// Simulated time since the start of the run, in milliseconds; unaffected by clock jumps.
    pub(crate) at: u64,
}

impl Model {
    /// Creates a model of an empty store, which has only the default queue.
    pub(crate) fn new(numbers: &Numbers, now: OffsetDateTime) -> Self {
        Self {
            latest: now,
            versions: HashMap::new(),
            queues: Queues::new(numbers),
            inventory: Inventory::new(numbers),
            wallets: Wallets::new(numbers),
            keys: Keys::default(),
            events: Vec::new(),
        }
    }

    /// Records a time of the store's clock.
    pub(crate) fn observe_clock(&mut self, now: OffsetDateTime) {
        self.latest = self.latest.max(now);
    }

    /// Applies a commit and checks it.
    pub(crate) fn commit(&mut self, change: &Change, committed: Committed, now: OffsetDateTime, at: u64) -> Check {
        self.observe_clock(now);
        let commit = Commit { change, number: committed.number, now, latest: self.latest, at };
        self.check_versions(change)?;
        // The catalogue comes first, since the other parts look up its concerts and dates.
        self.inventory.apply_catalogue(change);
        self.keys.commit(&commit)?;
        self.inventory.commit(&commit, &self.queues, &self.wallets)?;
        self.wallets.commit(&commit, &self.inventory)?;
        self.queues.commit(&commit, &self.inventory)?;
        events::check(&commit)?;
        self.events.extend(change.events.iter().cloned());
        Ok(())
    }

    /// Checks that each write replaces the latest version of its row.
    fn check_versions(&mut self, change: &Change) -> Check {
        for write in &change.writes {
            // The write of a place creates its token, with version 1.
            if let RowWrite::Place(place) = write {
                self.versions.insert(RowKey::Token(place.row.id), 1);
                continue;
            }
            let key = write.key();
            let known = self.versions.get(&key).copied();
            let is_initial = matches!(write, RowWrite::Admission(_) | RowWrite::Queue(_)) && known.is_none();
            let expected = write.expected().map(|version| version.0);
            ensure(is_initial || expected == known, "P7", "lost update: a commit replaced a version that it had not read", || {
                format!("{key:?} has version {known:?}, and the write expected {expected:?}")
            })?;
            self.versions.insert(key, expected.map_or(1, |version| version + 1));
        }
        Ok(())
    }

    /// The version of a row, if it was ever written.
    pub(crate) fn version(&self, key: &RowKey) -> Option<i64> {
        self.versions.get(key).copied()
    }
}

impl Commit<'_> {
    /// Whether the change is an order of an operator.
    pub(crate) fn is_ordered(&self) -> bool {
        self.change.row::<AuditEntry>().is_some()
    }

    /// Whether the change admits users.
    pub(crate) fn is_admission(&self) -> bool {
        self.change.row::<Admission>().is_some()
    }

    /// The token that the change creates, with its queue number.
    pub(crate) fn place(&self) -> Option<(&NewToken, u64)> {
        self.change.row::<NewToken>().map(|place| &place.row).zip(self.number)
    }
}

/// Creates a violation.
pub(crate) fn broken(rule: &'static str, how: &'static str, what: String) -> Violation {
    Violation { rule, how, what }
}
