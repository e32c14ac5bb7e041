//! The number of open event streams, and its limit.

use std::sync::Arc;

use metrics::{Counter, Gauge};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::refusals;
use crate::problem::{Code, Problem};

const OPEN: &str = "frontrow_event_streams";
/// The time after which another stream may have ended, in seconds.
const RETRY_SECONDS: i64 = 5;

/// The event streams that are open.
pub(crate) struct Streams {
    permits: Arc<Semaphore>,
    open: Gauge,
    /// The number of refusals at the limit of all streams.
    full: Counter,
    /// The number of refusals at the limit of streams of one token.
    too_many: Counter,
}

/// The permission to keep a stream open, until it is dropped.
pub(crate) struct Permit {
    _permit: OwnedSemaphorePermit,
    open: Gauge,
}

impl Streams {
    /// Allows at most `limit` open streams.
    pub(crate) fn new(limit: usize) -> Self {
        metrics::describe_gauge!(OPEN, "Open event streams.");
        let (full, too_many) = (refusals("event_streams"), refusals("event_streams_of_a_token"));
        Self { permits: Arc::new(Semaphore::new(limit)), open: metrics::gauge!(OPEN), full, too_many }
    }

    /// Returns the permit for one more stream, unless the limit is reached.
    pub(crate) fn open(&self) -> Option<Permit> {
        let permit = self.permits.clone().try_acquire_owned().inspect_err(|_| self.full.increment(1)).ok()?;
        self.open.increment(1.0);
        Some(Permit { _permit: permit, open: self.open.clone() })
    }

    /// Counts the refusal of another stream of one token.
    pub(crate) fn too_many(&self) -> Problem {
        self.too_many.increment(1);
        Problem::new(Code::RateLimited, "this token already has the maximum number of open event streams").retry_after(RETRY_SECONDS)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.open.decrement(1.0);
    }
}
