//! The latencies of the operations: a table of percentiles, and a plot of each.

use std::fmt::Write;

use super::error::Error;
use super::escape::Text;
use super::{figures, numbers};
use crate::Record;

pub(super) fn operations(record: &Record) -> Result<String, Error> {
    let operations = &record.operations;
    if operations.is_empty() {
        return Ok("<p class=\"nothing\">No request was answered.</p>\n".to_owned());
    }
    let mut rows = String::new();
    for operation in operations {
        let latency = &operation.latency;
        let times = [latency.p50_ms, latency.p90_ms, latency.p99_ms, latency.max_ms].map(numbers::milliseconds);
        let times = times.map(|time| format!("<td class=\"n\">{time}</td>")).concat();
        let (name, count) = (Text(&operation.name), numbers::count(operation.count));
        let _ = writeln!(rows, "<tr><th scope=\"row\">{name}</th><td class=\"n\">{count}</td>{times}</tr>");
    }
    let plots: String = operations.iter().map(|operation| figures::latency(operation, figures::end(record))).collect::<Result<_, _>>()?;
    Ok(format!(
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Operation</th><th scope=\"col\" class=\"n\">Responses</th>\
         <th scope=\"col\" class=\"n\">p50</th><th scope=\"col\" class=\"n\">p90</th><th scope=\"col\" class=\"n\">p99</th>\
         <th scope=\"col\" class=\"n\">Max</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n\
         <div class=\"plots\">\n{plots}</div>\n"
    ))
}
