//! One line a request in the log, and a span around what happens meanwhile. They name the route, not the path, and no header:
//! paths and headers carry secrets.

use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::{Error, HttpMessage as _};
use tracing::{Span, field};

use super::Requests;
use crate::problem::Code;

/// A request on its way.
pub(super) struct Record {
    method: Method,
    began: Instant,
    span: Span,
}

/// The pattern of a route that a request was meant for without reaching it.
#[derive(Clone)]
pub(crate) struct MeantFor(pub(crate) String);

impl Record {
    /// The request comes in.
    pub(super) fn begin(request: &ServiceRequest, id: &str) -> Self {
        let span = tracing::info_span!("request", request_id = id, trace_id = field::Empty);
        if let Some(trace) = request.headers().get("traceparent").and_then(|value| value.to_str().ok()).and_then(trace_id) {
            span.record("trace_id", trace);
        }
        Self { method: request.method().clone(), began: Instant::now(), span }
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
        let elapsed = self.began.elapsed();
        if let Some(requests) = requests {
            requests.count(&self.method, route.as_deref(), status, elapsed);
        }
        let (method, route, status) = (self.method.as_str(), route.as_deref().unwrap_or("none"), status.as_u16());
        let elapsed_microseconds = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        if status >= Code::Internal.status().as_u16() {
            tracing::warn!(method, route, status, elapsed_microseconds, "answered");
        } else {
            tracing::info!(method, route, status, elapsed_microseconds, "answered");
        }
    }
}

fn route(answer: &ServiceResponse<BoxBody>) -> Option<String> {
    let request = answer.request();
    request.match_pattern().or_else(|| request.extensions().get::<MeantFor>().map(|meant| meant.0.clone()))
}

/// The trace's id in a `traceparent` (W3C Trace Context), if it is one.
fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let fits = hex(version, 2) && version != "ff" && hex(trace, 32) && hex(parent, 16) && hex(flags, 2);
    let something = |part: &str| part.bytes().any(|byte| byte != b'0');
    (fits && something(trace) && something(parent) && (version != "00" || parts.next().is_none())).then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_trace_is_known_by_its_id() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace_id("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), Some(trace));
        assert_eq!(trace_id("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later"), Some(trace));
        for nonsense in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert_eq!(trace_id(nonsense), None, "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_more_than_a_trace_can_be(text in "[0-9a-fA-F-]{0,70}|.{0,70}") {
            if let Some(trace) = trace_id(&text) {
                prop_assert!(trace.len() == 32 && text.starts_with(&text[..3]) && text[3..].starts_with(trace));
            }
        }

        #[test]
        fn every_trace_that_is_one_is_known(trace in 1..=u128::MAX, parent in 1..=u64::MAX, flags: u8) {
            let trace = format!("{trace:032x}");
            let header = format!("00-{trace}-{parent:016x}-{flags:02x}");
            prop_assert_eq!(trace_id(&header), Some(trace.as_str()));
        }
    }
}
