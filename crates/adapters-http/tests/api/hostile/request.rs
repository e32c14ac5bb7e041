//! A request, byte by byte as far as the server's parser lets it through.

use std::fmt;

use actix_web::http::Method;
use actix_web::test::TestRequest;

/// A request of the table.
#[derive(Clone)]
pub(super) struct Request {
    /// The operation that it is a broken form of, like `GET /v1/concerts/{id}`.
    pub(super) of: String,
    pub(super) method: Method,
    pub(super) target: String,
    pub(super) headers: Vec<(&'static str, Vec<u8>)>,
    pub(super) body: Option<Vec<u8>>,
}

impl Request {
    /// The same to another target.
    pub(super) fn to(&self, target: impl Into<String>) -> Self {
        Self { target: target.into(), ..self.clone() }
    }

    /// The same with another body.
    pub(super) fn saying(&self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(body.into()), ..self.clone() }
    }

    /// The same by another method.
    pub(super) fn by(&self, method: &str) -> Self {
        Self { method: Method::from_bytes(method.as_bytes()).expect("a method"), ..self.clone() }
    }

    /// The same without the header `name`.
    pub(super) fn without(&self, name: &str) -> Self {
        let headers = self.headers.iter().filter(|(given, _)| *given != name).cloned().collect();
        Self { headers, ..self.clone() }
    }

    /// The same with one header `name` that says `value`.
    pub(super) fn with(&self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.without(name).and(name, value)
    }

    /// The same with one more header.
    pub(super) fn and(&self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        let mut more = self.clone();
        more.headers.push((name, value.as_ref().to_vec()));
        more
    }

    /// The header `name`, as it is.
    pub(super) fn header(&self, name: &str) -> Vec<u8> {
        self.headers.iter().find(|(given, _)| *given == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// The same, ready to be sent.
    pub(super) fn test(&self) -> TestRequest {
        let mut request = TestRequest::with_uri(&self.target).method(self.method.clone());
        for (name, value) in &self.headers {
            request = request.append_header((*name, value.as_slice()));
        }
        match &self.body {
            Some(body) => request.set_payload(body.clone()),
            None => request,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.of, self.method, self.target)?;
        for (name, value) in &self.headers {
            write!(f, "\n{name}: {}", value.escape_ascii())?;
        }
        let body = self.body.as_deref().unwrap_or_default();
        write!(f, "\n{}", body.escape_ascii())
    }
}
