//! The committer: the one way to the store for loads and changes, whoever wants them. Observers are notified of every commit, and of every
//! change whose outcome isn't known: because the store says so, because it panicked, or because its results don't match the changes.

use std::error::Error as StdError;
use std::sync::Arc;

use domain::{Change, Need, Rows};
use metrics::Counter;
use thiserror::Error;

use crate::catch::{caught, caught_async};
use crate::measure;
use crate::ports::{CommitError, Committed, Observer, ReadError, Store};

const FAILURES: (&str, &str) = ("frontrow_commit_failures_total", "Changes that the store neither committed nor refused for a conflict.");

/// Commits, and notifies the observers.
pub struct Committer {
    store: Arc<dyn Store>,
    observers: Vec<Arc<dyn Observer>>,
    rejected: Counter,
    unavailable: Counter,
    unknown: Counter,
}

/// The store broke its contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
enum StoreFault {
    #[error("the store panicked")]
    Panicked,
    #[error("the store returned {returned} results instead of {wanted}")]
    Results { wanted: usize, returned: usize },
}

impl Committer {
    /// Commits to `store`, and notifies `observers`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, observers: Vec<Arc<dyn Observer>>) -> Self {
        let failures = |kind: &'static str| measure::counter_of(FAILURES.0, FAILURES.1, "kind", kind);
        Self { store, observers, rejected: failures("rejected"), unavailable: failures("unavailable"), unknown: failures("unknown") }
    }

    /// The same committer by another way to the store: one on which what takes longer isn't given up.
    #[must_use]
    pub fn with_store(&self, store: Arc<dyn Store>) -> Self {
        Self::new(store, self.observers.clone())
    }

    /// The rows that `needs` are about.
    pub(crate) async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        // Calling the store may panic, too, not only waiting for it.
        let loaded = caught_async(async { self.store.load(needs).await }).await;
        loaded.unwrap_or_else(|_| Err(ReadError::Fault(Box::new(StoreFault::Panicked))))
    }

    /// What came of each of `changes`, once the observers are notified.
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
        let mut is_in_doubt = false;
        for observer in &self.observers {
            is_in_doubt |= caught(|| observer.committed(change, committed)).is_err();
        }
        if is_in_doubt {
            tracing::error!("an observer of commits panicked: the change is reported as in doubt");
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

    /// Counts and logs what failed: each rejected change, and once what a group failed by as a whole.
    fn report(&self, results: &[Result<Committed, CommitError>]) {
        let (mut unavailable, mut unknown) = (Vec::new(), Vec::new());
        for error in results.iter().filter_map(|result| result.as_ref().err()) {
            match error {
                CommitError::Conflict => {}
                CommitError::Rejected(_) => {
                    self.rejected.increment(1);
                    tracing::error!(error = error as &dyn StdError, "the store rejects a change");
                }
                CommitError::Unavailable(_) => unavailable.push(error),
                CommitError::Unknown(_) => unknown.push(error),
            }
        }
        if let Some(error) = unavailable.first() {
            self.unavailable.increment(count(&unavailable));
            tracing::warn!(error = *error as &dyn StdError, changes = unavailable.len(), "changes can't be committed now");
        }
        if let Some(error) = unknown.first() {
            self.unknown.increment(count(&unknown));
            tracing::error!(error = *error as &dyn StdError, changes = unknown.len(), "the outcome of changes is unknown");
        }
    }
}

/// The results, if there are as many as were wanted.
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
