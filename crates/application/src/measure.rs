//! Measuring: a metric is described, and exported at zero, when its handle is made; who counts keeps the handle.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Unit};

/// A counter without labels.
pub(crate) fn counter(name: &'static str, what: &'static str) -> Counter {
    metrics::describe_counter!(name, what);
    metrics::counter!(name)
}

/// A counter for one of the values that a label has.
pub(crate) fn counter_of(name: &'static str, what: &'static str, label: &'static str, value: impl Into<metrics::SharedString>) -> Counter {
    metrics::describe_counter!(name, what);
    metrics::counter!(name, label => value)
}

/// A gauge without labels.
pub(crate) fn gauge(name: &'static str, what: &'static str) -> Gauge {
    metrics::describe_gauge!(name, what);
    metrics::gauge!(name)
}

/// A gauge with one label.
pub(crate) fn gauge_of(name: &'static str, what: &'static str, label: &'static str, value: &'static str) -> Gauge {
    metrics::describe_gauge!(name, what);
    metrics::gauge!(name, label => value)
}

/// A histogram of durations.
pub(crate) fn seconds(name: &'static str, what: &'static str) -> Histogram {
    metrics::describe_histogram!(name, Unit::Seconds, what);
    metrics::histogram!(name)
}

/// A histogram of how many there are of something.
pub(crate) fn sizes(name: &'static str, what: &'static str) -> Histogram {
    metrics::describe_histogram!(name, Unit::Count, what);
    metrics::histogram!(name)
}

/// Such a number as metrics are made of.
#[expect(clippy::cast_precision_loss, reason = "what is counted here is far below 2^53")]
pub(crate) const fn number(count: usize) -> f64 {
    count as f64
}

/// Runs `work`, and records how long it took.
pub(crate) async fn timed<T>(histogram: &Histogram, work: impl Future<Output = T>) -> T {
    let began = tokio::time::Instant::now();
    let done = work.await;
    let took: Duration = began.elapsed();
    histogram.record(took);
    done
}
