//! How requests reach a server: over connections by default, or by a transport of your own, such as one for tests.

mod http;

use std::error::Error as StdError;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use thiserror::Error;

use crate::reply::Reply;

pub use http::HttpTransport;
pub use hyper::{Request, Response, Uri};

/// Any error.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The body of a response, while it arrives.
pub type Body = UnsyncBoxBody<Bytes, TransportError>;

/// Sends requests.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request with an absolute URL and returns the response, whose body may still have to arrive. Must not follow redirects: the
    /// access token must not be sent to another server.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError>;
}

/// There was no complete response.
#[derive(Debug, Error)]
pub enum TransportError {
    /// The server can't be reached: nothing was sent.
    #[error("no connection")]
    Connect(#[source] BoxError),
    /// The connection broke: the server may have received the request.
    #[error("the connection broke")]
    Broken(#[source] BoxError),
    /// The response took too long.
    #[error("no complete response within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The response, or an event of a stream, is too large.
    #[error("the response exceeds {0} bytes")]
    TooLarge(usize),
}

/// Reads the rest of a response, up to `max_bytes`.
pub(crate) async fn read(response: Response<Body>, max_bytes: usize) -> Result<Reply, TransportError> {
    let (head, mut body) = response.into_parts();
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        if bytes.len() + data.len() > max_bytes {
            return Err(TransportError::TooLarge(max_bytes));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Reply { status: head.status.as_u16(), headers: head.headers, body: bytes.freeze() })
}
