//! One line a request in the log, and a span around what happens meanwhile. They name the route, not the path, and no header:
//! paths and headers carry secrets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::{Error, HttpMessage as _};
use tracing::Span;
use uuid::Uuid;

use super::Requests;
use super::trace::{Answered, TRACEPARENT, TraceContext, Tracer};
use crate::limits::DelayedRefusal;
use crate::problem::Code;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// A request on its way.
pub(super) struct Record {
    id: Uuid,
    place: TraceContext,
    /// Whether whoever asked, or who follows traces here, is to be told the place.
    tells_place: bool,
    tracer: Option<Arc<dyn Tracer>>,
    method: Method,
    began: Instant,
    span: Span,
}

/// The pattern of a route that a request was meant for without reaching it.
#[derive(Clone)]
pub(crate) struct MatchedPattern(pub(crate) String);

impl Record {
    /// The request comes in.
    pub(super) fn begin(request: &ServiceRequest, id: Uuid, tracer: Option<Arc<dyn Tracer>>) -> Self {
        let (mut place, method) = (TraceContext::of(request.headers(), id), request.method().clone());
        let tells_place = tracer.is_some() || request.headers().contains_key(TRACEPARENT);
        let span = tracing::info_span!("request", request_id = %id, trace_id = %format_args!("{:032x}", place.trace));
        if let Some(tracer) = &tracer {
            place.sampled = tracer.begin(&span, place);
        }
        Self { id, place, tells_place, tracer, method, began: Instant::now(), span }
    }

    /// Under which id the log knows the request.
    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    /// Adds what every answer has, and its place in the trace for whoever wants it.
    pub(super) fn mark(&self, headers: &mut HeaderMap) {
        mark(headers, self.id);
        if self.tells_place
            && let Some(place) = self.place.header()
        {
            headers.insert(TRACEPARENT, place);
        }
    }

    /// The span of all that the request does.
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// The answer goes out.
    pub(super) fn end(&self, answer: &Result<ServiceResponse<BoxBody>, Error>, requests: Option<&Requests>) {
        let (status, route) = match answer {
            Ok(answer) => (answer.status(), route(answer)),
            Err(error) => (error.as_response_error().status_code(), None),
        };
        let elapsed = self.began.elapsed().saturating_sub(kept_back(answer));
        if let Some(requests) = requests {
            requests.count(&self.method, route.as_deref(), status, elapsed);
        }
        let (method, status) = (self.method.as_str(), status.as_u16());
        if let Some(tracer) = &self.tracer {
            tracer.end(&self.span, Answered { method, route: route.as_deref(), status });
        }
        let route = route.as_deref().unwrap_or("none");
        let elapsed_microseconds = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        // What has no room or no store is told where it is handled, if it is news: a flood of refusals isn't.
        if status == Code::Internal.status().as_u16() {
            tracing::warn!(method, route, status, elapsed_microseconds, "answered");
        } else {
            tracing::info!(method, route, status, elapsed_microseconds, "answered");
        }
    }
}

/// Adds what every answer has, that to the request `id`.
pub(crate) fn mark(headers: &mut HeaderMap, id: Uuid) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer())) {
        headers.insert(REQUEST_ID, id);
    }
}

/// How long the answer was kept back.
fn kept_back(answer: &Result<ServiceResponse<BoxBody>, Error>) -> Duration {
    let refused = answer.as_ref().ok().filter(|answer| answer.status() == Code::Overloaded.status());
    refused.and_then(|answer| answer.request().extensions().get::<DelayedRefusal>().map(|kept| kept.0)).unwrap_or_default()
}

/// How an id looks, in the patterns of routes with verbs of their own.
const ID: &str = ":[^/:]+";

fn route(answer: &ServiceResponse<BoxBody>) -> Option<String> {
    let request = answer.request();
    request.match_pattern().map(documented).or_else(|| request.extensions().get::<MatchedPattern>().map(|meant| meant.0.clone()))
}

/// The pattern as the OpenAPI document and the metrics have it.
fn documented(pattern: String) -> String {
    if pattern.contains(ID) { pattern.replace(ID, "") } else { pattern }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::document;

    #[test]
    fn a_route_is_told_as_the_document_calls_it() {
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
