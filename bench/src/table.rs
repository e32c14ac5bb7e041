//! The table of what was measured.

use std::fmt::Write;
use std::time::Duration;

use hdrhistogram::Histogram;

/// One thing that was measured.
pub(crate) struct Row {
    /// What was done.
    pub(crate) what: &'static str,
    /// Over how many connections; none: without HTTP.
    pub(crate) connections: Option<usize>,
    /// In microseconds.
    pub(crate) latencies: Histogram<u64>,
    /// From the first request to the last answer.
    pub(crate) span: Duration,
}

impl Row {
    /// How many were done in a second.
    pub(crate) fn a_second(&self) -> f64 {
        f64::from(u32::try_from(self.latencies.len()).unwrap_or(u32::MAX)) / self.span.as_secs_f64()
    }
}

/// The rows as a Markdown table; ratios are to `baseline`, a second.
pub(crate) fn render(rows: &[Row], baseline: f64) -> String {
    let mut table =
        String::from("| what | connections | a second | × bare loop | p50 ms | p99 ms | max ms |\n|---|---:|---:|---:|---:|---:|---:|\n");
    for row in rows {
        let connections = row.connections.map_or_else(|| "–".to_owned(), |connections| connections.to_string());
        let milliseconds = |quantile| Duration::from_micros(row.latencies.value_at_quantile(quantile)).as_secs_f64() * 1_000.0;
        let rate = row.a_second();
        // Writing to a string can't fail.
        let _ = writeln!(
            table,
            "| {} | {connections} | {rate:.0} | {:.1} | {:.1} | {:.1} | {:.1} |",
            row.what,
            rate / baseline,
            milliseconds(0.5),
            milliseconds(0.99),
            milliseconds(1.0),
        );
    }
    table
}
