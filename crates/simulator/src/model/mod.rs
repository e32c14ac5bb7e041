//! The naive model: keeps all committed rows in plain maps and checks each commit against the promises. It shares no rule with the domain;
//! it reads only the fields of rows and compares them with their previous state.

mod commit;
mod events;
mod inventory;
mod keys;
mod queues;
mod wallets;

use std::collections::HashMap;

use application::ports::{Committed, LogPage, LoggedEvent};
use domain::change::RowKey;
use domain::{Change, PaymentId, QueueId, Reservation, RowWrite};
use time::OffsetDateTime;

use crate::plan::Numbers;
use crate::violation::{Check, Violation, ensure};

use commit::Commit;
pub(crate) use events::EventsRead;
pub(crate) use inventory::{Inventory, SeatOwner};
pub(crate) use keys::Keys;
pub(crate) use queues::{ModelToken, Queues, Stage};
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
        // The catalogue comes first, since the other parts look up its concerts and schedules.
        self.inventory.apply_catalogue(change);
        self.keys.commit(&commit)?;
        let (queues, wallets) = (&self.queues, &self.wallets);
        let is_admitted = |hold: &Reservation, queue: Option<QueueId>| queues.is_admitted(hold.token(), hold.user(), queue, now);
        let is_refunded = |payment: PaymentId| wallets.is_refunded(payment);
        self.inventory.commit(&commit, &is_admitted, &is_refunded)?;
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
            if let RowWrite::NewToken(place) = write {
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

    /// Checks that a page of the event log has the next committed events, and returns the new progress.
    pub(crate) fn check_page(&self, read: EventsRead, page: &LogPage<LoggedEvent>) -> Result<EventsRead, Violation> {
        events::check_page(&self.events, read, page)
    }
}
