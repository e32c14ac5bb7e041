//! Cross-origin resource sharing: which pages of other origins may ask, with what, and what of the answers they may read.

use actix_cors::{Cors, CorsError};
use actix_web::http::Method;

use crate::problem::{FieldError, Problem};

/// How long a browser may remember what it was told of other origins.
const PREFLIGHT_SECONDS: usize = 3_600;

const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What pages may send, beside what the Fetch standard lets them send anywhere: what the API reads, and what tracing in browsers adds to
/// every request (W3C Trace Context and Baggage, Sentry).
const REQUEST_HEADERS: [&str; 11] = [
    "authorization",
    "baggage",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
    "queue-token",
    "sentry-trace",
    "traceparent",
    "tracestate",
];

const RESPONSE_HEADERS: [&str; 8] =
    ["etag", "idempotency-replayed", "location", "ratelimit", "ratelimit-policy", "request-id", "retry-after", "traceparent"];

/// Tells browsers that pages of `origins` may ask, and what of the answers they may read.
pub(crate) fn layer(origins: &[String]) -> Cors {
    let cors = origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    cors.allowed_methods(METHODS).allowed_headers(REQUEST_HEADERS).expose_headers(RESPONSE_HEADERS).max_age(PREFLIGHT_SECONDS)
}

/// Why a preflight is refused: which of its headers doesn't fit.
pub(crate) fn refusal(error: &CorsError) -> Problem {
    const ORIGIN: &str = "/Origin";
    const METHOD: &str = "/Access-Control-Request-Method";
    const HEADERS: &str = "/Access-Control-Request-Headers";
    let field_error = match error {
        CorsError::MissingOrigin => FieldError::at(ORIGIN, "is required"),
        CorsError::OriginNotAllowed => FieldError::at(ORIGIN, "is not an origin whose pages may send requests here"),
        CorsError::MissingRequestMethod => FieldError::at(METHOD, "is required"),
        CorsError::BadRequestMethod | CorsError::MethodNotAllowed => {
            FieldError::at(METHOD, format_args!("must be one of {}", METHODS.map(|method| method.to_string()).join(", ")))
        }
        CorsError::BadRequestHeaders => FieldError::at(HEADERS, "must be names of headers, with commas between them"),
        CorsError::HeadersNotAllowed => FieldError::at(HEADERS, format_args!("may name {}", REQUEST_HEADERS.join(", "))),
        // Of the settings, which are checked at start, or newer than this list.
        other => FieldError::at("", other),
    };
    Problem::invalid([field_error])
}
