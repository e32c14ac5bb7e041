//! Logs, one line per event on standard error, as text or JSON; and export of spans if a collector is configured.

use std::io;
use std::sync::Arc;

use adapters_http::Tracer;
use tracing_subscriber::fmt;

use crate::config::{LogFormat, Settings};
#[cfg(feature = "otlp")]
use crate::spans::Spans;

/// The logging and tracing of the program, until it is dropped.
pub(crate) struct Telemetry {
    tracer: Option<Arc<dyn Tracer>>,
    #[cfg(feature = "otlp")]
    spans: Option<Spans>,
}

/// Starts logging and the export of spans, as configured.
#[cfg_attr(not(feature = "otlp"), expect(clippy::unnecessary_wraps, reason = "it can fail with the feature otlp"))]
pub(crate) fn start(settings: &Settings) -> anyhow::Result<Telemetry> {
    #[cfg(feature = "otlp")]
    if let Some(otlp) = &settings.telemetry.otlp {
        let spans = Spans::to(otlp)?;
        start_log_and_spans(settings, &spans);
        return Ok(Telemetry { tracer: Some(Arc::new(spans.clone())), spans: Some(spans) });
    }
    start_log(settings);
    Ok(Telemetry {
        tracer: None,
        #[cfg(feature = "otlp")]
        spans: None,
    })
}

/// Starts logging only. An existing subscriber of the process is kept and receives the log.
fn start_log(settings: &Settings) {
    let lines = fmt().with_env_filter(settings.log.filter.clone()).with_writer(io::stderr);
    let started = match settings.log.format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).try_init(),
    };
    if started.is_err() {
        tracing::debug!("the process already has a tracing subscriber");
    }
}

/// Starts logging and the export of the spans of requests and commands.
#[cfg(feature = "otlp")]
fn start_log_and_spans(settings: &Settings, spans: &Spans) {
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    use tracing_subscriber::{Layer as _, registry};

    let ours = Targets::new().with_target("adapters_http", LevelFilter::DEBUG).with_target("application", LevelFilter::DEBUG);
    let spans = tracing_opentelemetry::layer()
        .with_tracer(spans.tracer())
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
        .with_filter(ours);
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match settings.log.format {
        LogFormat::Text => lines.with_ansi(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    if registry().with(spans).with(lines.with_filter(settings.log.filter.clone())).try_init().is_err() {
        tracing::debug!("the process already has a tracing subscriber: no spans are exported");
    }
}

impl Telemetry {
    /// Returns the tracer of requests; `None` if no collector is configured.
    pub(crate) fn tracer(&self) -> Option<Arc<dyn Tracer>> {
        self.tracer.clone()
    }
}

/// Sends the remaining spans.
#[cfg(feature = "otlp")]
impl Drop for Telemetry {
    fn drop(&mut self) {
        self.spans.iter().for_each(Spans::end);
    }
}
