//! The log line and the span of a request. They contain the route, but not the path and no headers: paths and headers contain secrets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpMessage as _, HttpResponse};
use tracing::Span;
use uuid::Uuid;

use super::request_metrics::RequestMetrics;
use super::trace::{Answered, TRACEPARENT, TraceContext, Tracer};
use crate::limits::DelayedRefusal;
use crate::problem::{Code, Language, Problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// A request in progress.
pub(super) struct Record {
    id: Uuid,
    trace_context: TraceContext,
    /// Whether the response has a `traceparent`: if the request has one, or traces are exported.
    returns_traceparent: bool,
    tracer: Option<Arc<dyn Tracer>>,
    method: Method,
    started_at: Instant,
    span: Span,
    /// The value of `Accept-Language`, which only problems need.
    accepted_languages: Option<HeaderValue>,
}

/// The pattern of a route whose path matches a request that no handler matches.
#[derive(Clone)]
pub(crate) struct MatchedPattern(pub(crate) String);

impl Record {
    /// Starts the record of a request.
    pub(super) fn begin(request: &ServiceRequest, id: Uuid, tracer: Option<Arc<dyn Tracer>>) -> Self {
        let (mut trace_context, method) = (TraceContext::of(request.headers(), id), request.method().clone());
        let returns_traceparent = tracer.is_some() || request.headers().contains_key(TRACEPARENT);
        let span = tracing::info_span!("request", request_id = %id, trace_id = %format_args!("{:032x}", trace_context.trace));
        if let Some(tracer) = &tracer {
            trace_context.sampled = tracer.begin(&span, trace_context);
        }
        let accepted_languages = request.headers().get(ACCEPT_LANGUAGE).cloned();
        Self { id, trace_context, returns_traceparent, tracer, method, started_at: Instant::now(), span, accepted_languages }
    }

    /// Renders `problem` as the response to the request, whose path is `path`.
    pub(super) fn render(&self, problem: &Problem, path: &str) -> HttpResponse {
        problem.render(path, self.id, Language::of(self.accepted_languages.as_ref()))
    }

    /// Adds the headers of every response, and `traceparent` if the response has it.
    pub(super) fn mark(&self, headers: &mut HeaderMap) {
        mark(headers, self.id);
        if self.returns_traceparent
            && let Some(traceparent) = self.trace_context.header()
        {
            headers.insert(TRACEPARENT, traceparent);
        }
    }

    /// Returns the span of the request.
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Logs and counts the response, and returns its status.
    pub(super) fn end(&self, result: &Result<ServiceResponse<BoxBody>, Error>, requests: Option<&RequestMetrics>) -> StatusCode {
        let (code, route) = match result {
            Ok(response) => (response.status(), route(response)),
            Err(error) => (error.as_response_error().status_code(), None),
        };
        let elapsed = self.started_at.elapsed().saturating_sub(delay(result));
        if let Some(requests) = requests {
            requests.count(&self.method, route.as_deref(), code, elapsed);
        }
        let (method, status) = (self.method.as_str(), code.as_u16());
        if let Some(tracer) = &self.tracer {
            tracer.end(&self.span, Answered { method, route: route.as_deref(), status });
        }
        let route = route.as_deref().unwrap_or("none");
        let elapsed_microseconds = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        // Overload and store failures are logged where they are handled, and only when they begin: a flood of refusals is not logged as
        // warnings.
        if status == Code::Internal.status().as_u16() {
            tracing::warn!(method, route, status, elapsed_microseconds, "request completed");
        } else {
            tracing::info!(method, route, status, elapsed_microseconds, "request completed");
        }
        code
    }
}

/// Adds the headers of every response, for the request `id`.
pub(crate) fn mark(headers: &mut HeaderMap, id: Uuid) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer())) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Returns how long the response was delayed as a refusal.
fn delay(result: &Result<ServiceResponse<BoxBody>, Error>) -> Duration {
    let refusal = result.as_ref().ok().filter(|response| response.status() == Code::Overloaded.status());
    refusal.and_then(|response| response.request().extensions().get::<DelayedRefusal>().map(|delayed| delayed.0)).unwrap_or_default()
}

/// The regular expression of an id in the patterns of routes with custom methods.
const ID: &str = ":[^/:]+";

fn route(response: &ServiceResponse<BoxBody>) -> Option<String> {
    let request = response.request();
    request.match_pattern().map(documented).or_else(|| request.extensions().get::<MatchedPattern>().map(|matched| matched.0.clone()))
}

/// Returns the pattern as in the OpenAPI document and the metrics.
fn documented(pattern: String) -> String {
    if pattern.contains(ID) { pattern.replace(ID, "") } else { pattern }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::document;

    #[test]
    fn route_patterns_are_converted_to_documented_paths() {
        let document = document();
        for (pattern, path) in [
            ("/v1/admin/queues/{id:[^/:]+}:pause", "/v1/admin/queues/{id}:pause"),
            ("/v1/admin/concerts/{id:[^/:]+}/schedules", "/v1/admin/concerts/{id}/schedules"),
            ("/v1/queue-tokens/{token}", "/v1/queue-tokens/{token}"),
        ] {
            assert_eq!(documented(pattern.to_owned()), path);
            assert!(document.paths.paths.contains_key(path), "{path}");
        }
    }
}
