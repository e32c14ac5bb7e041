//! An observer that records its notifications.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Change;

use crate::ports::{Committed, Observer};

/// An observer that records committed and doubtful changes.
#[derive(Debug, Default)]
pub struct RecordingObserver(Mutex<Record>);

#[derive(Debug, Default)]
struct Record {
    committed: Vec<Change>,
    doubtful: Vec<Change>,
}

impl RecordingObserver {
    /// Returns the committed changes, in the order of their notifications.
    #[must_use]
    pub fn committed(&self) -> Vec<Change> {
        self.record().committed.clone()
    }

    /// Returns the changes with an unknown outcome.
    #[must_use]
    pub fn doubtful(&self) -> Vec<Change> {
        self.record().doubtful.clone()
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
        self.record().doubtful.push(change.clone());
    }
}
