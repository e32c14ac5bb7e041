//! The error of use cases.

use domain::Refusal;
use thiserror::Error;

use crate::ports::ReadError;

/// The reason why a use case failed.
#[derive(Debug, Error)]
pub enum Error {
    /// The domain refuses the command; nothing has changed.
    #[error(transparent)]
    Refused(Refusal),
    /// The command could not be queued, or until its deadline it met only conflicts or a store that can't be reached. Nothing has changed,
    /// and nothing will.
    #[error("the service is overloaded; nothing has changed")]
    Overloaded,
    /// The store can't be read, or did not report the result of a commit in time. Whether anything has changed is unknown: the same request
    /// with the same idempotency key returns the outcome.
    #[error("the store does not respond; the same request with the same idempotency key returns the outcome")]
    Unavailable,
    /// An internal fault, described in the log. Repeating the request doesn't help.
    #[error("an internal fault")]
    Internal,
}

impl Error {
    /// Logs an internal fault with the message `what`, and returns the error.
    pub(crate) fn internal(fault: &(dyn std::error::Error + 'static), what: &'static str) -> Self {
        tracing::error!(error = fault, "{what}");
        Self::Internal
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Fault(fault) => Self::internal(&fault, "the loaded rows contradict each other"),
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
