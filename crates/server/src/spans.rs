//! Spans for a tracing system: what requests and their commands did and when, sent by OTLP over HTTP to a collector.

use std::cell::Cell;
use std::time::Duration;

use adapters_http::{Answered, TraceContext, Tracer};
use anyhow::Context as _;
use async_trait::async_trait;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, Sampler, SdkTracer, SdkTracerProvider};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::config::Otlp;

/// How long the collector may take, and how long the last spans have at the end.
const TIMEOUT: Duration = Duration::from_secs(5);
const LAST_SPANS: Duration = Duration::from_secs(2);

/// Sends spans to a collector.
#[derive(Clone)]
pub(crate) struct Spans(SdkTracerProvider);

impl Spans {
    /// To the collector that `otlp` names. Whether it is there shows when the first spans are sent.
    pub(crate) fn to(otlp: &Otlp) -> anyhow::Result<Self> {
        let agent = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).user_agent("frontrow");
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector(agent.build().into()))
            .with_endpoint(format!("{}/v1/traces", otlp.endpoint.trim_end_matches('/')))
            .with_timeout(TIMEOUT)
            .build()
            .context("telemetry.otlp_endpoint can't be used")?;
        let instance = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_id_generator(Ids::default())
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(otlp.sample_ratio))))
            .with_resource(Resource::builder().with_service_name("frontrow").with_attribute(instance).build());
        Ok(Self(provider.build()))
    }

    /// What turns the program's spans into those of OpenTelemetry.
    pub(crate) fn tracer(&self) -> SdkTracer {
        self.0.tracer("frontrow")
    }

    /// Sends what is left.
    pub(crate) fn end(&self) {
        if let Err(error) = self.0.shutdown_with_timeout(LAST_SPANS) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the last spans were not sent");
        }
    }
}

impl Tracer for Spans {
    fn begin(&self, span: &Span, place: TraceContext) -> bool {
        let trace = TraceId::from(place.trace);
        if let Some(parent) = place.parent {
            let flags = TraceFlags::default().with_sampled(place.sampled);
            let parent = SpanContext::new(trace, SpanId::from(parent), flags, true, TraceState::default());
            if span.set_parent(Context::new().with_remote_span_context(parent)).is_err() {
                return false;
            }
        }
        NEXT.set(Some((trace, SpanId::from(place.span))));
        // Asked for its context, a span begins: here and now, with the ids that are next.
        let begun = span.context();
        NEXT.set(None);
        begun.span().span_context().is_sampled()
    }

    fn end(&self, span: &Span, answered: Answered<'_>) {
        let Answered { method, route, status } = answered;
        let begun = span.context();
        let begun = begun.span();
        begun.update_name(route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}")));
        begun.set_attribute(KeyValue::new("http.request.method", method.to_owned()));
        begun.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
        if let Some(route) = route {
            begun.set_attribute(KeyValue::new("http.route", route.to_owned()));
        }
        if status >= 500 {
            begun.set_status(opentelemetry::trace::Status::error(""));
        }
    }
}

thread_local! {
    /// The ids of the span that begins next on this thread.
    static NEXT: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

/// A request's span has the ids that its answer and its log lines say; all others have random ones.
#[derive(Debug, Default)]
struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        NEXT.get().map_or_else(|| self.0.new_trace_id(), |(trace, _)| trace)
    }

    fn new_span_id(&self) -> SpanId {
        NEXT.get().map_or_else(|| self.0.new_span_id(), |(_, span)| span)
    }
}

/// The way to the collector. It is asked on the exporter's own thread, and may block.
#[derive(Debug)]
struct Collector(ureq::Agent);

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.0.run(request.map(|body| body.to_vec()));
        let answer =
            sent.inspect_err(|error| tracing::warn!(error = error as &dyn std::error::Error, "the collector of spans can't be reached"))?;
        let (head, mut body) = answer.into_parts();
        if !head.status.is_success() {
            tracing::warn!(status = head.status.as_u16(), "the collector of spans refuses them");
        }
        Ok(Response::from_parts(head, body.read_to_vec()?.into()))
    }
}
