//! Export of the spans of requests and their commands, by OTLP over HTTP to a collector.

use std::cell::Cell;
use std::time::Duration;

use adapters_http::{Answered, TraceContext, Tracer};
use anyhow::Context as _;
use async_trait::async_trait;
use frontrow_client::transport::HttpTransport;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, Sampler, SdkTracer, SdkTracerProvider};
use tokio::runtime;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::config::Otlp;

/// The time limit of a request to the collector.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The time limit for sending the last spans at shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// The maximum size of a response of the collector.
const MAX_RESPONSE_BYTES: usize = 1024 * 1024;

/// Sends spans to a collector.
#[derive(Clone)]
pub(crate) struct Spans(SdkTracerProvider);

impl Spans {
    /// Creates an exporter to the collector in `otlp`. An unreachable collector is noticed when the first spans are sent.
    pub(crate) fn to(otlp: &Otlp) -> anyhow::Result<Self> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector)
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

    /// Returns the tracer that converts the program's spans to those of OpenTelemetry.
    pub(crate) fn tracer(&self) -> SdkTracer {
        self.0.tracer("frontrow")
    }

    /// Sends the remaining spans.
    pub(crate) fn end(&self) {
        if let Err(error) = self.0.shutdown_with_timeout(SHUTDOWN_TIMEOUT) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the last spans were not sent");
        }
    }
}

impl Tracer for Spans {
    fn begin(&self, span: &Span, trace_context: TraceContext) -> bool {
        let trace = TraceId::from(trace_context.trace);
        if let Some(parent) = trace_context.parent {
            let flags = TraceFlags::default().with_sampled(trace_context.sampled);
            let parent = SpanContext::new(trace, SpanId::from(parent), flags, true, TraceState::default());
            if span.set_parent(Context::new().with_remote_span_context(parent)).is_err() {
                return false;
            }
        }
        NEXT.set(Some((trace, SpanId::from(trace_context.span))));
        // Reading its context starts a span; it takes the ids in `NEXT`.
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
    /// The ids of the next span that starts on this thread.
    static NEXT: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

/// Generates ids: a request's span has those of its response and log lines, all others have random ones.
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

/// The HTTP client for the collector. It is called on the exporter's own thread, outside a runtime, and may block.
#[derive(Debug)]
struct Collector;

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let sent = runtime.block_on(HttpTransport::exchange(request, TIMEOUT, MAX_RESPONSE_BYTES));
        let reply =
            sent.inspect_err(|error| tracing::warn!(error = error as &dyn std::error::Error, "the span collector can't be reached"))?;
        if !reply.is_success() {
            tracing::warn!(status = reply.status, "the span collector refused the spans");
        }
        Ok(Response::builder().status(reply.status).body(reply.body)?)
    }
}
