//! Why a use case has no answer.

use domain::Refusal;
use thiserror::Error;

use crate::ports::ReadError;

/// Why a use case has no answer.
#[derive(Debug, Error)]
pub enum Error {
    /// The domain refuses; nothing has changed.
    #[error(transparent)]
    Refused(Refusal),
    /// There was no room for it, or it lost to others or to a store that can't be reached, until its deadline. Nothing has changed, and
    /// nothing will.
    #[error("too much to do right now; nothing has changed")]
    Overloaded,
    /// The store can't be read, or did not say in time what came of a commit. Whether anything has changed is not known: the
    /// same request with the same key finds out.
    #[error("the store does not answer; the same request with the same key tells what came of it")]
    Unavailable,
    /// An internal fault, which the log describes. Sending the request again doesn't help.
    #[error("an internal fault")]
    Internal,
}

impl Error {
    /// An internal fault, logged as `what` went wrong.
    pub(crate) fn internal(fault: &(dyn std::error::Error + 'static), what: &'static str) -> Self {
        tracing::error!(error = fault, "{what}");
        Self::Internal
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Fault(fault) => Self::internal(&fault, "what was loaded contradicts itself"),
            refusal => Self::Refused(refusal),
        }
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        if error.is_transient() {
            tracing::error!(error = &error as &dyn std::error::Error, "the store can't be read");
            Self::Unavailable
        } else {
            Self::internal(&error, "the store can't be read")
        }
    }
}
