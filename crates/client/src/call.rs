//! Requests of the API as values, each with the type of its response.

use std::fmt::{self, Debug, Display};
use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE};
use hyper::{Method, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::ids::QueueTokenId;
use crate::reply::Reply;

/// The media types of responses.
const JSON: &str = "application/json, application/problem+json";

/// The characters that are percent-encoded in a path or a query.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A request of the API whose response is a `T`.
///
/// The functions of this crate, such as [`hold_seats`](crate::reservations::hold_seats), create calls;
/// [`Frontrow::send`](crate::Frontrow::send) sends them. Requests without a function can be created by path:
///
/// ```
/// use frontrow_client::Call;
/// use serde_json::Value;
///
/// let queues = Call::<Value>::get("/v1/admin/queues");
/// ```
pub struct Call<T> {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    accept: &'static str,
    body: Option<Result<Bytes, Arc<serde_json::Error>>>,
    is_repeatable: bool,
    read: fn(&Reply) -> Result<T, serde_json::Error>,
}

/// The value of a resource with its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The resource.
    pub value: T,
    /// The version (`ETag`), for [`Call::if_match`].
    pub etag: Option<String>,
}

/// The request can't be sent: its body, a header or the address is invalid.
#[derive(Debug, Error)]
pub enum InvalidCall {
    /// The body can't be JSON.
    #[error("the body can't be JSON")]
    Body(#[source] Arc<serde_json::Error>),
    /// A header or the address is invalid.
    #[error("a header or the path is invalid")]
    Head(#[from] hyper::http::Error),
}

fn read_json<T: DeserializeOwned>(reply: &Reply) -> Result<T, serde_json::Error> {
    serde_json::from_slice(&reply.body)
}

impl<T: DeserializeOwned> Call<T> {
    /// Creates a request for the resource at `path`.
    pub fn get(path: impl Into<String>) -> Self {
        Self { is_repeatable: true, ..Self::new(Method::GET, path, read_json) }
    }

    /// Creates a request that runs an action or creates a resource.
    pub fn post(path: impl Into<String>, body: &(impl Serialize + ?Sized)) -> Self {
        Self::new(Method::POST, path, read_json).with_body(body)
    }

    /// Creates a request without a body that runs an action or creates a resource.
    pub fn post_without_body(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path, read_json)
    }

    /// Creates a request that replaces a resource.
    pub fn put(path: impl Into<String>, body: &(impl Serialize + ?Sized)) -> Self {
        Self { is_repeatable: true, ..Self::new(Method::PUT, path, read_json).with_body(body) }
    }

    /// Creates a request that changes members of a resource.
    pub fn patch(path: impl Into<String>, body: &(impl Serialize + ?Sized)) -> Self {
        Self::new(Method::PATCH, path, read_json).with_body(body)
    }

    /// Returns the request with a response that includes the version.
    pub fn versioned(self) -> Call<Versioned<T>> {
        let read = |reply: &Reply| Ok(Versioned { value: read_json(reply)?, etag: reply.etag().map(str::to_owned) });
        self.with_reader(read)
    }
}

impl Call<()> {
    /// Creates a request that deletes a resource or ends something.
    pub fn delete(path: impl Into<String>) -> Self {
        Self { is_repeatable: true, ..Self::new(Method::DELETE, path, |_| Ok(())) }
    }
}

impl Call<Bytes> {
    /// Creates a request for a document in the media type `accept`.
    pub fn download(path: impl Into<String>, accept: &'static str) -> Self {
        Self { is_repeatable: true, accept, ..Self::new(Method::GET, path, |reply| Ok(reply.body.clone())) }
    }

    /// Creates a request for an event stream.
    pub(crate) fn events(path: impl Into<String>) -> Self {
        Self::download(path, "text/event-stream")
    }
}

impl<T> Call<T> {
    fn new(method: Method, path: impl Into<String>, read: fn(&Reply) -> Result<T, serde_json::Error>) -> Self {
        let (query, headers) = (Vec::new(), Vec::new());
        Self { method, path: path.into(), query, headers, accept: JSON, body: None, is_repeatable: false, read }
    }

    fn with_body(self, body: &(impl Serialize + ?Sized)) -> Self {
        Self { body: Some(serde_json::to_vec(body).map(Bytes::from).map_err(Arc::new)), ..self }
    }

    fn with_reader<U>(self, read: fn(&Reply) -> Result<U, serde_json::Error>) -> Call<U> {
        let Self { method, path, query, headers, accept, body, is_repeatable, read: _ } = self;
        Call { method, path, query, headers, accept, body, is_repeatable, read }
    }

    /// Returns the request without the content of its response.
    pub fn without_content(self) -> Call<()> {
        self.with_reader(|_| Ok(()))
    }

    /// Adds a parameter of the query.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Display) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Adds a parameter of the query if there is a value.
    #[must_use]
    pub fn optional_query(self, name: &'static str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a header; the last one of a name counts.
    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.into()));
        self
    }

    /// Adds the active queue token, for the requests that require one.
    #[must_use]
    pub fn queue_token(self, token: QueueTokenId) -> Self {
        self.header("queue-token", token.to_string())
    }

    /// Sets the key of this request. By default each POST has a new one, which is kept while the request is repeated.
    #[must_use]
    pub fn idempotency_key(self, key: impl Into<String>) -> Self {
        self.header("idempotency-key", key)
    }

    /// Requires this version (`ETag`) of the resource that the request changes.
    #[must_use]
    pub fn if_match(self, etag: impl Into<String>) -> Self {
        self.header("if-match", etag)
    }

    /// Declares that sending the request twice has the same effect as sending it once, such as a POST whose idempotency key the server
    /// stores: then it is repeated after a broken connection. GET, PUT and DELETE are repeatable.
    #[must_use]
    pub fn repeatable(self) -> Self {
        Self { is_repeatable: true, ..self }
    }

    pub(crate) const fn is_repeatable(&self) -> bool {
        self.is_repeatable
    }

    /// Returns the request with the idempotency key from `key` if it is a POST without one.
    pub(crate) fn with_key(self, key: impl FnOnce() -> String) -> Self {
        let is_missing = self.method == Method::POST && !self.headers.iter().any(|(name, _)| *name == "idempotency-key");
        if is_missing { self.idempotency_key(key()) } else { self }
    }

    /// Parses a successful response.
    pub fn read(&self, reply: &Reply) -> Result<T, serde_json::Error> {
        (self.read)(reply)
    }

    /// Returns the path with the query.
    pub fn path(&self) -> String {
        let query: Vec<_> = self.query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        if query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, query.join("&")) }
    }

    /// Returns the HTTP request, with `base` before its path: the URL of a server, or nothing for a connection to it.
    pub fn request(&self, base: &str) -> Result<Request<Bytes>, InvalidCall> {
        let mut request = Request::builder().method(&self.method).uri(format!("{base}{}", self.path())).header(ACCEPT, self.accept);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = match &self.body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                body.clone().map_err(InvalidCall::Body)?
            }
            None => Bytes::new(),
        };
        Ok(request.body(body)?)
    }
}

/// Percent-encodes a part of a path or a query.
pub fn encode(text: &str) -> impl Display {
    utf8_percent_encode(text, RESERVED)
}

// Not derived: `T` need not be `Clone`.
impl<T> Clone for Call<T> {
    fn clone(&self) -> Self {
        let Self { method, path, query, headers, accept, body, is_repeatable, read } = self;
        Self {
            method: method.clone(),
            path: path.clone(),
            query: query.clone(),
            headers: headers.clone(),
            accept,
            body: body.clone(),
            is_repeatable: *is_repeatable,
            read: *read,
        }
    }
}

impl<T> Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_request_has_its_parameters_headers_and_body() {
        let call = Call::<Value>::post("/v1/x", &json!({"a": 1})).query("q", "Ö&A b").idempotency_key("k-1").idempotency_key("k-2");
        let request = call.with_key(|| unreachable!()).request("http://h").unwrap();
        assert_eq!((request.method(), request.uri().to_string()), (&Method::POST, "http://h/v1/x?q=%C3%96%26A%20b".to_owned()));
        let keys: Vec<_> = request.headers().get_all("idempotency-key").iter().collect();
        assert_eq!(keys, ["k-2"]);
        assert_eq!((&request.headers()["content-type"], &request.body()[..]), (&"application/json".parse().unwrap(), &b"{\"a\":1}"[..]));
    }

    #[test]
    fn an_invalid_header_or_body_is_an_error() {
        assert!(matches!(Call::<Value>::get("/x").if_match("a\nb").request(""), Err(InvalidCall::Head(_))));
        let body = std::collections::BTreeMap::from([((1, 2), 3)]);
        assert!(matches!(Call::<Value>::post("/x", &body).request(""), Err(InvalidCall::Body(_))));
    }
}
