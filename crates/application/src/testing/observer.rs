//! An observer that keeps what it is notified of.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Change;

use crate::ports::{Committed, Observer};

/// Keeps the changes that were committed, and those in doubt.
#[derive(Debug, Default)]
pub struct RecordingObserver(Mutex<Record>);

#[derive(Debug, Default)]
struct Record {
    committed: Vec<Change>,
    in_doubt: Vec<Change>,
}

impl RecordingObserver {
    /// The changes that were committed, in the order of their notifications.
    #[must_use]
    pub fn committed(&self) -> Vec<Change> {
        self.record().committed.clone()
    }

    /// The changes whose outcome isn't known.
    #[must_use]
    pub fn in_doubt(&self) -> Vec<Change> {
        self.record().in_doubt.clone()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for RecordingObserver {
    fn committed(&self, change: &Change, _: &Committed) {
        self.record().committed.push(change.clone());
    }

    fn doubtful(&self, change: &Change) {
        self.record().in_doubt.push(change.clone());
    }
}
