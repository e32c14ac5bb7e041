//! Logs: one line an event on standard error, as text or JSON. And spans, if a collector wants them.

use std::io;
use std::sync::Arc;

use adapters_http::Tracer;
use tracing_subscriber::fmt;

use crate::config::{LogFormat, Settings};
#[cfg(feature = "otlp")]
use crate::spans::Spans;

/// Who follows the program, until it ends.
pub(crate) struct Telemetry {
    tracer: Option<Arc<dyn Tracer>>,
    #[cfg(feature = "otlp")]
    spans: Option<Spans>,
}

/// Starts logging, and following, as configured.
#[cfg_attr(not(feature = "otlp"), expect(clippy::unnecessary_wraps, reason = "with spans it can fail"))]
pub(crate) fn start(settings: &Settings) -> anyhow::Result<Telemetry> {
    #[cfg(feature = "otlp")]
    if let Some(otlp) = &settings.telemetry.otlp {
        let spans = Spans::to(otlp)?;
        follow(settings, &spans);
        return Ok(Telemetry { tracer: Some(Arc::new(spans.clone())), spans: Some(spans) });
    }
    log(settings);
    Ok(Telemetry {
        tracer: None,
        #[cfg(feature = "otlp")]
        spans: None,
    })
}

/// Logs, and no more. A subscriber that the process has already stays: the log is its.
fn log(settings: &Settings) {
    let lines = fmt().with_env_filter(settings.log.filter.clone()).with_writer(io::stderr);
    let started = match settings.log.format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).try_init(),
    };
    if started.is_err() {
        tracing::debug!("the process has a subscriber of its own");
    }
}

/// Logs, and hands the spans of requests and commands on.
#[cfg(feature = "otlp")]
fn follow(settings: &Settings, spans: &Spans) {
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
        tracing::debug!("the process has a subscriber of its own, which gets no spans of ours");
    }
}

impl Telemetry {
    /// Follows the spans of requests; none if nobody wants them.
    pub(crate) fn tracer(&self) -> Option<Arc<dyn Tracer>> {
        self.tracer.clone()
    }
}

/// What is left is handed over.
#[cfg(feature = "otlp")]
impl Drop for Telemetry {
    fn drop(&mut self) {
        self.spans.iter().for_each(Spans::end);
    }
}
