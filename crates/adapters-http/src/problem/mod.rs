//! Problems (RFC 9457): the only form of errors in responses.

mod code;
mod documented;
mod explanation;
mod members;
mod refused;
mod text;

use actix_web::http::StatusCode;
use actix_web::http::header::{self as headers, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value};
use uuid::Uuid;

pub(crate) use code::Code;
pub(crate) use documented::{codes_of, documented, merge_common, problems, schemas};
pub(crate) use explanation::Explanation;
use text::Texts;
pub(crate) use text::{Detail, Language};

/// The media type of problems.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// An error response. The edge adds the request's path and id when it renders the problem.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {}", code.text(), detail.texts(*code, Language::English).detail)]
pub(crate) struct Problem {
    code: Code,
    detail: Detail,
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
    /// Creates a problem; `detail` explains this occurrence: an [`Explanation`] to buyers, a text to developers and operators.
    pub(crate) fn new(code: Code, detail: impl Into<Detail>) -> Self {
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
        Self::new(Code::Internal, Explanation::Internal)
    }

    /// Creates the problem of a resource that doesn't exist or belongs to another user.
    pub(crate) fn not_found() -> Self {
        Self::new(Code::NotFound, Explanation::NotFound)
    }

    /// Explains the problem to buyers.
    pub(crate) fn explained(self, explanation: Explanation) -> Self {
        Self { detail: explanation.into(), ..self }
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

    /// Renders the response to the request `request_id` for the path `instance`, in the language that the client prefers.
    pub(crate) fn render(&self, instance: &str, request_id: Uuid, preferred: Language) -> HttpResponse {
        let (language, body) = self.body(instance, request_id, preferred);
        let mut response = HttpResponse::build(self.code.status());
        for header in &self.headers {
            response.append_header(header.clone());
        }
        response
            .insert_header((headers::CACHE_CONTROL, "no-store"))
            .insert_header((headers::CONTENT_LANGUAGE, language.tag()))
            .insert_header((headers::VARY, "accept-language"))
            .content_type(MEDIA_TYPE)
            .body(body.to_string())
    }

    /// Returns the problem document and its language.
    fn body(&self, instance: &str, request_id: Uuid, preferred: Language) -> (Language, Value) {
        let Texts { language, title, detail } = self.detail.texts(self.code, preferred);
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("type", self.code.path().into());
        put("title", title.into());
        put("status", self.code.status().as_u16().into());
        put("detail", detail.into());
        put("instance", instance.into());
        put("code", self.code.text().into());
        put("request_id", request_id.to_string().into());
        body.extend(self.members.clone());
        (language, Value::Object(body))
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
