//! Why a use case has no answer.

use domain::Refusal;
use thiserror::Error;

use crate::ports::ReadError;

/// Why a use case has no answer.
#[derive(Debug, Error)]
pub enum Error {
    /// The domain refuses; nothing has changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is too much to do; nothing has changed, and nothing will.
    #[error("too much to do right now; nothing has changed")]
    Overloaded,
    /// The store can't be reached, or did not say in time what came of a commit. Whether anything has changed is not known: the
    /// same request with the same key finds out.
    #[error("the store does not answer; the same request with the same key tells what came of it")]
    Unavailable,
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the store can't be read");
        Self::Unavailable
    }
}
