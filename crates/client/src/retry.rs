//! When a request is sent again.

use std::time::Duration;

use crate::error::Error;
use crate::transport::TransportError;

/// The pause after a failure without `Retry-After`.
pub(crate) const NO_RESPONSE_PAUSE: Duration = Duration::from_secs(1);
/// A longer `Retry-After` is left to the caller.
pub(crate) const MAX_PAUSE: Duration = Duration::from_mins(1);

/// Returns the time after which to send the request again, or `None` if that doesn't help or could change something twice.
pub(crate) fn pause_after(failure: &Error, is_repeatable: bool) -> Option<Duration> {
    if !is_repeatable && failure.is_outcome_unknown() {
        return None;
    }
    let (status, retry_after) = match failure {
        Error::Transport { source: TransportError::TooLarge(_), .. } | Error::Call(_) | Error::AccessToken(_) => return None,
        Error::Transport { .. } => return Some(NO_RESPONSE_PAUSE),
        Error::Problem(problem) => (problem.status, problem.retry_after),
        Error::Foreign { status, retry_after, .. } => (*status, *retry_after),
    };
    let pause = retry_after.unwrap_or(NO_RESPONSE_PAUSE);
    (matches!(status, 429 | 503) && pause <= MAX_PAUSE).then_some(pause)
}
