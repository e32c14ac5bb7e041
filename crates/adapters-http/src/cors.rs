//! Cross-origin resource sharing: which origins may send requests, with which methods and headers, and which response headers their pages
//! may read.

use actix_cors::{Cors, CorsError};
use actix_web::http::Method;

use crate::problem::{FieldError, Problem};

/// How long a browser may cache the response to a preflight.
const PREFLIGHT_SECONDS: usize = 3_600;

const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// The headers that pages may send, in addition to those that the Fetch standard always allows: the ones that the API reads, and the ones
/// that tracing in browsers adds to every request (W3C Trace Context and Baggage, Sentry).
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

const RESPONSE_HEADERS: [&str; 11] = [
    "content-language",
    "content-location",
    "etag",
    "idempotency-replayed",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "request-id",
    "retry-after",
    "traceparent",
    "www-authenticate",
];

/// Creates the middleware that allows requests from pages of `origins`.
pub(crate) fn layer(origins: &[String]) -> Cors {
    let cors = origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    cors.allowed_methods(METHODS).allowed_headers(REQUEST_HEADERS).expose_headers(RESPONSE_HEADERS).max_age(PREFLIGHT_SECONDS)
}

/// Returns the problem of a refused preflight, which names the invalid header.
pub(crate) fn refusal(error: &CorsError) -> Problem {
    const ORIGIN: &str = "/Origin";
    const METHOD: &str = "/Access-Control-Request-Method";
    const HEADERS: &str = "/Access-Control-Request-Headers";
    let field_error = match error {
        CorsError::MissingOrigin => FieldError::at(ORIGIN, "is required"),
        CorsError::OriginNotAllowed => FieldError::at(ORIGIN, "is not an allowed origin"),
        CorsError::MissingRequestMethod => FieldError::at(METHOD, "is required"),
        CorsError::BadRequestMethod | CorsError::MethodNotAllowed => {
            FieldError::at(METHOD, format_args!("must be one of {}", METHODS.map(|method| method.to_string()).join(", ")))
        }
        CorsError::BadRequestHeaders => FieldError::at(HEADERS, "must be a comma-separated list of header names"),
        CorsError::HeadersNotAllowed => FieldError::at(HEADERS, format_args!("may only list {}", REQUEST_HEADERS.join(", "))),
        // Errors of the settings, which are checked at start, or variants that are newer than this list.
        other => FieldError::at("", other),
    };
    Problem::invalid([field_error])
}
