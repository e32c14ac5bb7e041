//! A request, byte for byte as far as the server's parser accepts it.

use std::fmt;

use actix_web::http::Method;
use actix_web::test::TestRequest;

/// A request of the table.
#[derive(Clone)]
pub(crate) struct Request {
    /// The operation whose valid request it was derived from, like `GET /v1/concerts/{id}`.
    pub(crate) operation: String,
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: Vec<(&'static str, Vec<u8>)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Request {
    /// Returns a copy with another target.
    pub(crate) fn with_target(&self, target: impl Into<String>) -> Self {
        Self { target: target.into(), ..self.clone() }
    }

    /// Returns a copy with another body.
    pub(crate) fn with_body(&self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(body.into()), ..self.clone() }
    }

    /// Returns a copy with another method.
    pub(crate) fn with_method(&self, method: &str) -> Self {
        Self { method: Method::from_bytes(method.as_bytes()).expect("a method"), ..self.clone() }
    }

    /// Returns a copy without the header `name`.
    pub(crate) fn without(&self, name: &str) -> Self {
        let headers = self.headers.iter().filter(|(given, _)| *given != name).cloned().collect();
        Self { headers, ..self.clone() }
    }

    /// Returns a copy with exactly one header `name`, of this value.
    pub(crate) fn with(&self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.without(name).with_added(name, value)
    }

    /// Returns a copy with one more header.
    pub(crate) fn with_added(&self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        let mut copy = self.clone();
        copy.headers.push((name, value.as_ref().to_vec()));
        copy
    }

    /// Returns the value of the header `name`.
    pub(crate) fn header(&self, name: &str) -> Vec<u8> {
        self.headers.iter().find(|(given, _)| *given == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Converts the request for sending.
    pub(crate) fn test(&self) -> TestRequest {
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
        write!(f, "{}: {} {}", self.operation, self.method, self.target)?;
        for (name, value) in &self.headers {
            write!(f, "\n{name}: {}", value.escape_ascii())?;
        }
        let body = self.body.as_deref().unwrap_or_default();
        write!(f, "\n{}", body.escape_ascii())
    }
}
