//! What limits turned away, counted.

use metrics::Counter;

const REFUSED: &str = "frontrow_limit_refusals_total";

/// Counts what this limit turned away.
pub(crate) fn refusals(limit: &'static str) -> Counter {
    metrics::describe_counter!(REFUSED, "Requests that a limit of the edge turned away.");
    metrics::counter!(REFUSED, "limit" => limit)
}
