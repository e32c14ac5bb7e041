//! The committer: performs all loads and commits of lanes and the scheduler. Observers are notified of every commit, and of every change
//! with an unknown outcome: because the store reports it, because the store panicked, or because its results don't match the changes.

use std::error::Error as StdError;
use std::sync::Arc;

use domain::{Change, Need, Rows};
use metrics::Counter;
use thiserror::Error;

use crate::catch::{caught, caught_async};
use crate::measure;
use crate::ports::{CommitError, Committed, Observer, ReadError, Store};
use crate::sales_history::RecentCounts;

const FAILURES: (&str, &str) = (
    "frontrow_commit_failures_total",
    "Changes, of commands and of the scheduler, that the store rejected, couldn't accept, or whose outcome is unknown.",
);

/// The component that commits changes and notifies the observers.
pub struct Committer {
    store: Arc<dyn Store>,
    observers: Vec<Arc<dyn Observer>>,
    conflicts: Option<Arc<RecentCounts>>,
    rejected: Counter,
    unavailable: Counter,
    unknown: Counter,
}

/// A violation of the store's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
enum StoreFault {
    #[error("the store panicked")]
    Panicked,
    #[error("the store returned {returned} results instead of {wanted}")]
    Results { wanted: usize, returned: usize },
}

impl Committer {
    /// Creates a committer to `store` that notifies `observers`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, observers: Vec<Arc<dyn Observer>>) -> Self {
        let failures = |kind: &'static str| measure::counter_of(FAILURES.0, FAILURES.1, "kind", kind);
        Self {
            store,
            observers,
            conflicts: None,
            rejected: failures("rejected"),
            unavailable: failures("unavailable"),
            unknown: failures("unknown"),
        }
    }

    /// Also counts conflicts in `conflicts`.
    #[must_use]
    pub fn counting_conflicts(self, conflicts: Arc<RecentCounts>) -> Self {
        Self { conflicts: Some(conflicts), ..self }
    }

    /// Returns a committer to `store` with the same observers: a connection on which longer operations aren't aborted.
    #[must_use]
    pub fn with_store(&self, store: Arc<dyn Store>) -> Self {
        Self { conflicts: self.conflicts.clone(), ..Self::new(store, self.observers.clone()) }
    }

    /// Loads the rows that `needs` refer to.
    pub(crate) async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        // The call itself may panic, too, not only the future.
        let loaded = caught_async(async { self.store.load(needs).await }).await;
        loaded.unwrap_or_else(|_| Err(ReadError::Fault(Box::new(StoreFault::Panicked))))
    }

    /// Commits `changes`, notifies the observers, and returns the result of each change.
    pub(crate) async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let committed = caught_async(async { self.store.commit(changes).await }).await;
        let results = checked(changes.len(), committed.ok())
            .unwrap_or_else(|fault| changes.iter().map(|_| Err(CommitError::Unknown(Box::new(fault)))).collect());
        for (change, result) in changes.iter().zip(&results) {
            match result {
                Ok(committed) => self.committed(change, committed),
                Err(CommitError::Unknown(_)) => self.doubtful(change),
                Err(CommitError::Conflict | CommitError::Rejected(_) | CommitError::Unavailable(_)) => {}
            }
        }
        self.report(&results);
        results
    }

    fn committed(&self, change: &Change, committed: &Committed) {
        let mut is_doubtful = false;
        for observer in &self.observers {
            is_doubtful |= caught(|| observer.committed(change, committed)).is_err();
        }
        if is_doubtful {
            tracing::error!("an observer of commits panicked: the outcome of the change is reported as unknown");
            self.doubtful(change);
        }
    }

    fn doubtful(&self, change: &Change) {
        for observer in &self.observers {
            if caught(|| observer.doubtful(change)).is_err() {
                tracing::error!("an observer of commits panicked: its read model may be wrong");
            }
        }
    }

    /// Counts and logs failures: each rejected change, and one error for the changes of a group that failed together.
    fn report(&self, results: &[Result<Committed, CommitError>]) {
        let (mut unavailable, mut unknown, mut conflicts) = (Vec::new(), Vec::new(), 0);
        for error in results.iter().filter_map(|result| result.as_ref().err()) {
            match error {
                CommitError::Conflict => conflicts += 1,
                CommitError::Rejected(_) => {
                    self.rejected.increment(1);
                    tracing::error!(error = error as &dyn StdError, "the store rejected a change");
                }
                CommitError::Unavailable(_) => unavailable.push(error),
                CommitError::Unknown(_) => unknown.push(error),
            }
        }
        if let Some(counts) = self.conflicts.as_ref().filter(|_| conflicts > 0) {
            counts.add(conflicts);
        }
        if let Some(error) = unavailable.first() {
            self.unavailable.increment(count(&unavailable));
            tracing::warn!(error = *error as &dyn StdError, changes = unavailable.len(), "changes can't be committed at present");
        }
        if let Some(error) = unknown.first() {
            self.unknown.increment(count(&unknown));
            tracing::error!(error = *error as &dyn StdError, changes = unknown.len(), "the outcome of changes is unknown");
        }
    }
}

/// Returns the results if there are `wanted` of them.
fn checked<T>(wanted: usize, results: Option<Vec<T>>) -> Result<Vec<T>, StoreFault> {
    let results = results.ok_or(StoreFault::Panicked)?;
    let returned = results.len();
    if returned == wanted { Ok(results) } else { Err(StoreFault::Results { wanted, returned }) }
}

fn count<T>(items: &[T]) -> u64 {
    items.len().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
