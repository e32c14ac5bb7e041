//! Why a request failed.

use std::time::Duration;

use thiserror::Error;

use crate::call::InvalidCall;
use crate::problem::{Problem, ProblemCode};
use crate::transport::{BoxError, TransportError};

/// A request failed, after as many attempts as may help.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Frontrow refused the request, or reported a failure.
    #[error("{0}")]
    Problem(Box<Problem>),
    /// There was no complete response: of a request that changes something, the outcome is unknown.
    #[error("{server} can't be reached")]
    Transport {
        /// The URL of the server.
        server: String,
        /// The cause.
        source: TransportError,
    },
    /// The response is not from Frontrow, such as one of a proxy.
    #[error("the response of {server} with the status {status} is not from Frontrow")]
    Foreign {
        /// The URL of the server.
        server: String,
        /// The status.
        status: u16,
        /// The time after which to repeat the request.
        retry_after: Option<Duration>,
        /// Why the body of a success isn't as expected.
        source: Option<serde_json::Error>,
    },
    /// The request can't be sent.
    #[error("the request is invalid")]
    Call(#[from] InvalidCall),
    /// There is no current access token.
    #[error("there is no access token")]
    AccessToken(#[source] BoxError),
}

impl Error {
    /// Returns the problem if Frontrow refused the request or reported a failure.
    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Transport { .. } | Self::Foreign { .. } | Self::Call(_) | Self::AccessToken(_) => None,
        }
    }

    /// Returns the code of the problem.
    pub fn code(&self) -> Option<&ProblemCode> {
        self.problem().map(|problem| &problem.code)
    }

    /// Whether a later attempt may succeed: the server can't be reached, or is overloaded or faulty.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Transport { .. } => true,
            Self::Problem(problem) => is_transient(problem.status),
            Self::Foreign { status, .. } => is_transient(*status),
            Self::Call(_) | Self::AccessToken(_) => false,
        }
    }

    /// Whether the request may have taken effect although it failed.
    pub fn is_outcome_unknown(&self) -> bool {
        match self {
            Self::Transport { source, .. } => !matches!(source, TransportError::Connect(_)),
            Self::Problem(problem) => matches!(problem.code, ProblemCode::Unavailable | ProblemCode::Internal),
            // A success that can't be read, or a proxy that gave up.
            Self::Foreign { status, .. } => *status < 300 || *status >= 500,
            Self::Call(_) | Self::AccessToken(_) => false,
        }
    }
}

const fn is_transient(status: u16) -> bool {
    status == 429 || status >= 500
}
