//! Problems (RFC 9457): the only form of errors in responses.

mod code;
mod documented;
mod refused;

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::http::header::{self as headers, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value};
use uuid::Uuid;

pub(crate) use code::Code;
pub(crate) use documented::{ProblemBody, documented, header, problems};

/// The media type of problems.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// An error response. The edge adds the request's path and id when it renders the problem.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {detail}", code.text())]
pub(crate) struct Problem {
    code: Code,
    detail: Cow<'static, str>,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// An invalid part of a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct FieldError {
    /// The location: a JSON pointer into the body, or `/name` of a query parameter or header.
    #[schema(example = "/seat_numbers/0")]
    pub(crate) pointer: String,
    /// Why it is invalid.
    pub(crate) message: String,
}

impl FieldError {
    /// Creates the error at `pointer`.
    pub(crate) fn at(pointer: impl Into<String>, message: impl ToString) -> Self {
        Self { pointer: pointer.into(), message: message.to_string() }
    }
}

impl Problem {
    /// Creates a problem; `detail` explains this occurrence to people.
    pub(crate) fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), members: Map::new(), headers: Vec::new() }
    }

    /// Creates the problem of a request with invalid parts.
    pub(crate) fn invalid(field_errors: impl IntoIterator<Item = FieldError>) -> Self {
        let field_errors: Vec<FieldError> = field_errors.into_iter().collect();
        let detail =
            field_errors.first().map_or_else(String::new, |field_error| format!("{}: {}", field_error.pointer, field_error.message));
        Self::new(Code::ValidationFailed, detail.trim_start_matches(": ").to_owned())
            .with("errors", serde_json::to_value(field_errors).ok())
    }

    /// Creates the problem of an internal error; the log has the cause.
    pub(crate) fn internal() -> Self {
        Self::new(Code::Internal, "an internal error: repeating the request does not help; the log has details under the request id")
    }

    /// Creates the problem of a resource that doesn't exist or belongs to another user.
    pub(crate) fn not_found() -> Self {
        Self::new(Code::NotFound, "the resource does not exist or belongs to another user")
    }

    /// Adds a member.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Returns the code.
    pub(crate) const fn code(&self) -> Code {
        self.code
    }

    /// Adds a header; an invalid value is left out.
    pub(crate) fn with_header(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers.push((name, value));
        }
        self
    }

    /// Sets `Retry-After`, of at least 1 second.
    pub(crate) fn retry_after(mut self, seconds: i64) -> Self {
        self.headers.retain(|(name, _)| name != headers::RETRY_AFTER);
        self.with_header(headers::RETRY_AFTER, seconds.max(1).to_string())
    }

    /// Renders the response to the request `request_id` for the path `instance`.
    pub(crate) fn render(&self, instance: &str, request_id: Uuid) -> HttpResponse {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("type", self.code.path().into());
        put("title", self.code.title().into());
        put("status", self.code.status().as_u16().into());
        put("detail", self.detail.as_ref().into());
        put("instance", instance.into());
        put("code", self.code.text().into());
        put("request_id", request_id.to_string().into());
        body.extend(self.members.clone());

        let mut response = HttpResponse::build(self.code.status());
        for header in &self.headers {
            response.append_header(header.clone());
        }
        response.insert_header((headers::CACHE_CONTROL, "no-store")).content_type(MEDIA_TYPE).body(Value::Object(body).to_string())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Returns a response without a body: the edge renders it.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.code.status())
    }
}
