//! Trace contexts (W3C Trace Context): the trace of a request and its span in it. Without a `traceparent`, the request's id starts a trace,
//! so that no further random number is needed.

use std::fmt;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use tracing::Span;
use uuid::Uuid;

/// The trace context of a request or a response.
pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

const SAMPLED: u8 = 1;

/// The position of a request in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace; not 0.
    pub trace: u128,
    /// The span of the client; none: the trace begins here.
    pub parent: Option<u64>,
    /// The request's own span; not 0.
    pub span: u64,
    /// Whether the client records the trace.
    pub sampled: bool,
}

/// The outcome of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// The pattern of its route; none if no route matches.
    pub route: Option<&'a str>,
    /// The status code of the response.
    pub status: u16,
}

/// Exports the spans of requests to a tracing system.
pub trait Tracer: Send + Sync {
    /// Begins the span of a request at this position in a trace. Returns whether the span is recorded.
    fn begin(&self, span: &Span, context: TraceContext) -> bool;
    /// Reports the response of a request; its span ends when all work for it has ended.
    fn end(&self, span: &Span, answered: Answered<'_>);
}

impl TraceContext {
    /// Returns the trace context of the request with this id.
    pub(super) fn of(headers: &HeaderMap, id: Uuid) -> Self {
        // The lower half of an id is random, and never 0.
        let (trace, span) = (id.as_u128(), id.as_u64_pair().1);
        match headers.get(TRACEPARENT).and_then(|value| value.to_str().ok()).and_then(read) {
            Some((trace, parent, flags)) => Self { trace, parent: Some(parent), span, sampled: flags & SAMPLED != 0 },
            None => Self { trace, parent: None, span, sampled: false },
        }
    }

    /// Returns the `traceparent` of the response.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_maybe_shared(self.to_string()).ok()
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, u8::from(self.sampled))
    }
}

/// Returns the trace, parent and flags of a valid `traceparent`.
fn read(traceparent: &str) -> Option<(u128, u64, u8)> {
    let mut parts = traceparent.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let is_valid = hex(version, 2) && version != "ff" && hex(trace, 32) && hex(parent, 16) && hex(flags, 2);
    if !is_valid || version == "00" && parts.next().is_some() {
        return None;
    }
    let (trace, parent) = (u128::from_str_radix(trace, 16).ok()?, u64::from_str_radix(parent, 16).ok()?);
    (trace != 0 && parent != 0).then_some((trace, parent, u8::from_str_radix(flags, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: Uuid = Uuid::from_u128(0x01a1_ff72_35dd_7573_bc54_d4e3_04ee_e2cf);

    fn context(traceparent: &str) -> TraceContext {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, HeaderValue::from_str(traceparent).expect("a header"));
        TraceContext::of(&headers, ID)
    }

    #[test]
    fn a_request_continues_the_trace_of_its_traceparent() {
        let trace = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;
        let (parent, span) = (Some(0x00f0_67aa_0ba9_02b7), 0xbc54_d4e3_04ee_e2cf);
        let sampled = TraceContext { trace, parent, span, sampled: true };
        assert_eq!(context("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), sampled);
        assert_eq!(context("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02"), TraceContext { sampled: false, ..sampled });
        assert_eq!(context("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later"), sampled);
        assert_eq!(sampled.to_string(), "00-4bf92f3577b34da6a3ce929d0e0e4736-bc54d4e304eee2cf-01");
    }

    #[test]
    fn without_a_valid_traceparent_the_request_id_starts_a_trace() {
        let new_trace = TraceContext { trace: ID.as_u128(), parent: None, span: 0xbc54_d4e3_04ee_e2cf, sampled: false };
        assert_eq!(TraceContext::of(&HeaderMap::new(), ID), new_trace);
        assert_eq!(new_trace.to_string(), "00-01a1ff7235dd7573bc54d4e304eee2cf-bc54d4e304eee2cf-00");
        for invalid in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert_eq!(context(invalid), new_trace, "{invalid}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_read_as_a_valid_trace_or_refused(text in "[0-9a-fA-F-]{0,70}|.{0,70}") {
            if let Some((trace, parent, flags)) = read(&text) {
                prop_assert!(trace != 0 && parent != 0);
                let read = format!("-{trace:032x}-{parent:016x}-{flags:02x}");
                prop_assert!(text[2..].starts_with(&read));
            }
        }

        #[test]
        fn every_valid_trace_is_read(trace in 1..=u128::MAX, parent in 1..=u64::MAX, flags: u8) {
            prop_assert_eq!(read(&format!("00-{trace:032x}-{parent:016x}-{flags:02x}")), Some((trace, parent, flags)));
        }
    }
}
