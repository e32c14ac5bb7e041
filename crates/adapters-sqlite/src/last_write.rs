//! Whether the store takes writes, as far as the last one tells.

use std::sync::{Arc, Mutex, PoisonError};

use application::ports::{CommitError, Committed};

/// Why the last write failed, if it did: a full disk, a file that became read-only.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastWrite(Arc<Mutex<Option<String>>>);

impl LastWrite {
    /// Takes in what came of a group. Conflicts and refused changes say nothing about the disk.
    pub(crate) fn note(&self, results: &[Result<Committed, CommitError>]) {
        let failed = results.iter().find_map(|result| match result {
            Err(CommitError::Unavailable(source) | CommitError::Unknown(source)) => Some(source.to_string()),
            Ok(_) | Err(CommitError::Conflict | CommitError::Rejected(_)) => None,
        });
        if failed.is_some() || results.iter().any(Result::is_ok) {
            self.set(failed);
        }
    }

    /// It failed, or it didn't.
    pub(crate) fn set(&self, failure: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    /// Whether it failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}
