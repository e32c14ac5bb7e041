//! Complete responses.

use std::time::Duration;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{AsHeaderName, ETAG, RETRY_AFTER};

/// A response with its whole body.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// Whether the request succeeded.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..300)
    }

    /// Returns the version of the resource.
    pub fn etag(&self) -> Option<&str> {
        self.header(ETAG)
    }

    /// Returns the time after which to repeat the request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.header(RETRY_AFTER)?.parse().ok().map(Duration::from_secs)
    }

    fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
