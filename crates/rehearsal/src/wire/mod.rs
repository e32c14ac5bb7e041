//! HTTP/1.1 over kept connections: what a request of the crowd is, and how it gets its answer.

mod place;
mod pool;
mod stream;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use thiserror::Error;

pub(crate) use place::Server;
pub use place::UnknownServer;
pub(crate) use pool::Pool;
pub(crate) use stream::Stream;

/// A request, as it can be sent several times.
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

/// An answer, whole.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
}

/// There was no answer.
#[derive(Debug, Error)]
pub(crate) enum Lost {
    /// The server can't be reached.
    #[error("no connection")]
    Connection(#[from] std::io::Error),
    /// The connection broke.
    #[error("the connection broke")]
    Broken(#[from] hyper::Error),
    /// The request can't be written.
    #[error("no such request")]
    Request(#[from] hyper::http::Error),
    /// It took too long.
    #[error("no answer in time")]
    Late(#[from] tokio::time::error::Elapsed),
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

    /// Of whom `jwt` speaks.
    pub(crate) fn by(self, jwt: &str) -> Self {
        Self { jwt: jwt.to_owned(), ..self }
    }

    /// With the token that admits.
    pub(crate) fn with_token(self, token: &str) -> Self {
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
