//! The HTTP/1.1 client of the virtual users, with persistent connections.

mod pool;
mod server;
mod stream;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use thiserror::Error;

pub(crate) use pool::Pool;
pub(crate) use server::Server;
pub use server::UnknownServer;
pub(crate) use stream::Stream;

/// A request that can be sent several times.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: hyper::Method,
    pub(crate) path: String,
    pub(crate) jwt: String,
    pub(crate) queue_token: String,
    pub(crate) key: String,
    pub(crate) body: String,
    pub(crate) accept: &'static str,
}

/// A complete response.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
}

/// A request failed without a response.
#[derive(Debug, Error)]
pub(crate) enum TransportError {
    /// The server can't be reached.
    #[error("no connection")]
    Connection(#[from] std::io::Error),
    /// The connection broke.
    #[error("the connection broke")]
    Broken(#[from] hyper::Error),
    /// The request is invalid.
    #[error("the request is invalid")]
    Request(#[from] hyper::http::Error),
    /// The response took too long.
    #[error("no response in time")]
    Late(#[from] tokio::time::error::Elapsed),
    /// The event stream broke, or is invalid.
    #[error("the event stream broke")]
    Events(#[from] eventsource_stream::EventStreamError<hyper::Error>),
}

impl Call {
    fn new(method: hyper::Method, path: String) -> Self {
        let none = String::new;
        Self { method, path, jwt: none(), queue_token: none(), key: none(), body: none(), accept: "" }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(hyper::Method::GET, path.into())
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(hyper::Method::DELETE, path.into())
    }

    pub(crate) fn post(path: impl Into<String>, body: String) -> Self {
        Self { body, ..Self::new(hyper::Method::POST, path.into()) }
    }

    /// Adds the user's access token.
    pub(crate) fn with_jwt(self, jwt: &str) -> Self {
        Self { jwt: jwt.to_owned(), ..self }
    }

    /// Adds the queue token.
    pub(crate) fn with_queue_token(self, token: &str) -> Self {
        Self { queue_token: token.to_owned(), ..self }
    }

    fn request(&self, server: &Server) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let mut request = Request::builder().method(&self.method).uri(&self.path).header(HOST, server.host());
        if !self.jwt.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {}", self.jwt));
        }
        for (name, value) in [("queue-token", &*self.queue_token), ("idempotency-key", &self.key), (ACCEPT.as_str(), self.accept)] {
            if !value.is_empty() {
                request = request.header(name, value);
            }
        }
        if !self.body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request.body(Full::new(Bytes::copy_from_slice(self.body.as_bytes())))
    }
}
