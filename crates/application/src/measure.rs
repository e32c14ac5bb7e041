//! Metrics: a metric is described, and exported at zero, when its handle is created; the component that records it keeps the handle.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Unit};

/// Returns a counter without labels.
pub(crate) fn counter(name: &'static str, what: &'static str) -> Counter {
    metrics::describe_counter!(name, what);
    metrics::counter!(name)
}

/// Returns a counter for one value of a label.
pub(crate) fn counter_of(name: &'static str, what: &'static str, label: &'static str, value: impl Into<metrics::SharedString>) -> Counter {
    metrics::describe_counter!(name, what);
    metrics::counter!(name, label => value)
}

/// Returns a gauge without labels.
pub(crate) fn gauge(name: &'static str, what: &'static str) -> Gauge {
    metrics::describe_gauge!(name, what);
    metrics::gauge!(name)
}

/// Returns a gauge with one label.
pub(crate) fn gauge_of(name: &'static str, what: &'static str, label: &'static str, value: &'static str) -> Gauge {
    metrics::describe_gauge!(name, what);
    metrics::gauge!(name, label => value)
}

/// Returns a histogram of durations.
pub(crate) fn seconds(name: &'static str, what: &'static str) -> Histogram {
    metrics::describe_histogram!(name, Unit::Seconds, what);
    metrics::histogram!(name)
}

/// Returns a histogram of counts.
pub(crate) fn sizes(name: &'static str, what: &'static str) -> Histogram {
    metrics::describe_histogram!(name, Unit::Count, what);
    metrics::histogram!(name)
}

/// Converts a count to the number type of metrics.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) const fn number(count: usize) -> f64 {
    count as f64
}

/// Runs `work` and records its duration.
pub(crate) async fn timed<T>(histogram: &Histogram, work: impl Future<Output = T>) -> T {
    let began = tokio::time::Instant::now();
    let done = work.await;
    let took: Duration = began.elapsed();
    histogram.record(took);
    done
}
