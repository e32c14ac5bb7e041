//! Whether the last write succeeded.

use std::sync::{Arc, Mutex, PoisonError};

use application::ports::{CommitError, Committed};

/// The error of the last write, if it failed: a full disk, a file that became read-only.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastWrite(Arc<Mutex<Option<String>>>);

impl LastWrite {
    /// Records the results of a group. Conflicts and rejected changes say nothing about the disk.
    pub(crate) fn record(&self, results: &[Result<Committed, CommitError>]) {
        let failed = results.iter().find_map(|result| match result {
            Err(CommitError::Unavailable(source) | CommitError::Unknown(source)) => Some(source.to_string()),
            Ok(_) | Err(CommitError::Conflict | CommitError::Rejected(_)) => None,
        });
        if failed.is_some() || results.iter().any(Result::is_ok) {
            self.set(failed);
        }
    }

    /// Sets the error of the last write; none if it succeeded.
    pub(crate) fn set(&self, failure: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    /// Whether the last write failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}
