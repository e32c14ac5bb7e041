//! The counters of requests that were refused by a limit.

use metrics::Counter;

const REFUSED: &str = "frontrow_limit_refusals_total";

/// Returns the counter of requests that were refused by `limit`.
pub(crate) fn refusals(limit: &'static str) -> Counter {
    metrics::describe_counter!(REFUSED, "Requests refused by a limit.");
    metrics::counter!(REFUSED, "limit" => limit)
}
