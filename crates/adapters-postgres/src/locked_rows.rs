//! Rows that other transactions have locked for long: a session of an administrator, a transaction that hangs.
//!
//! A group that meets such a row waits for it until `lock_timeout`, with all of its changes. So its locked rows are remembered: later groups
//! check first whether they are still locked, and leave out the changes that need them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use adapters_sql::commit::counters_written;
use domain::change::RowKey;
use domain::{Change, Guard, QueueId};

/// How long a row is remembered after it was last found locked.
const REMEMBERED: Duration = Duration::from_secs(10);
/// The maximum number of remembered rows; further ones are found again by a timeout.
const MAX_ROWS: usize = 10_000;

/// A row that a commit locks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Lockable {
    /// A row that a change writes or relies on.
    Row(RowKey),
    /// The counter of a queue, which a change writes besides its rows.
    Counter(QueueId),
}

/// When rows are found locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// After a commit has waited for one of them in vain.
    AfterTimeout,
    /// Before a commit.
    Before,
}

/// The rows that were recently found locked, each with the time when.
#[derive(Debug, Clone, Default)]
pub(crate) struct LockedRows(Arc<Mutex<HashMap<Lockable, Instant>>>);

impl LockedRows {
    /// Whether `change` locks a row that was recently found locked.
    pub(crate) fn may_concern(&self, change: &Change) -> bool {
        let rows = self.rows();
        !rows.is_empty() && lockable(change).any(|row| rows.contains_key(&row))
    }

    /// Remembers that of the rows that were `checked`, these are `locked`.
    pub(crate) fn remember(&self, checked: impl IntoIterator<Item = Lockable>, locked: &HashSet<Lockable>, found: Found) {
        let now = Instant::now();
        let mut rows = self.rows();
        let known: HashSet<Lockable> = checked.into_iter().filter(|row| rows.remove(row).is_some()).collect();
        rows.retain(|_, since| now.duration_since(*since) < REMEMBERED);
        let room = MAX_ROWS.saturating_sub(rows.len());
        let locked = locked.iter().filter(|row| found == Found::AfterTimeout || known.contains(row));
        rows.extend(locked.take(room).map(|row| (row.clone(), now)));
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<Lockable, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the rows that `change` locks.
pub(crate) fn lockable(change: &Change) -> impl Iterator<Item = Lockable> {
    let counters = counters_written(change);
    let written = change.writes.iter().filter(|write| write.expected().is_some()).map(domain::RowWrite::key);
    let relied_on = change.guards.iter().filter_map(|guard| match *guard {
        Guard::Queue(id, _) => Some(RowKey::Queue(id)),
        Guard::Concert(id, _) => Some(RowKey::Concert(id)),
        Guard::Schedule(id, _) => Some(RowKey::Schedule(id)),
        Guard::NoLiveHold(_) | Guard::NoLiveToken(..) | Guard::MaxWaiting(..) => None,
    });
    written.chain(relied_on).map(Lockable::Row).chain(counters.map(Lockable::Counter))
}
