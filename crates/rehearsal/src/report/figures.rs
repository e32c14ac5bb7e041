//! The figures of the report: the curves and their captions.

use super::error::Error;
use super::escape::Text;
use super::ink::Ink;
use super::plot::{Curve, CurveStyle, Plot};
use crate::Record;
use crate::record::{Operation, Second, WhatIf};

const HALF: (u32, u32) = (540, 230);
const WHOLE: (u32, u32) = (1_120, 300);

/// Renders the figures of the course of the sale.
pub(super) fn course(record: &Record) -> Result<String, Error> {
    let curve = |name: &str, ink, style, value: fn(&Second) -> Option<f64>| Curve {
        name: name.to_owned(),
        ink: Ink::Series(ink),
        style,
        points: record.timeline.iter().map(|second| (second.at.into(), value(second))).collect(),
    };
    let end = end(record);
    let all = real(record.seats);
    let seats =
        Curve { name: "all seats".into(), ink: Ink::Muted, style: CurveStyle::Line, points: vec![(0.0, Some(all)), (end, Some(all))] };
    let sold = curve("sold", 1, CurveStyle::Area, |second| Some(real(second.sold)));
    let sold = if record.timeline.is_empty() { vec![sold] } else { vec![sold, seats] };
    let figures = [
        ("Sold", "seats", 5.0, sold),
        ("Waiting users", "users", 5.0, vec![curve("waiting", 2, CurveStyle::Area, |second| Some(real(second.waiting)))]),
        ("Active users", "users", 5.0, vec![curve("active", 3, CurveStyle::Area, |second| Some(real(second.active)))]),
        ("Admissions", "users per second", 5.0, vec![curve("admitted", 4, CurveStyle::Area, |second| Some(real(second.admitted)))]),
        (
            "Waits of admitted users",
            "seconds",
            1.0,
            vec![
                curve("median", 1, CurveStyle::Line, |second| second.wait_p50_seconds),
                curve("90th percentile", 2, CurveStyle::Line, |second| second.wait_p90_seconds),
            ],
        ),
        (
            "Conflicts and failures",
            "responses per second",
            5.0,
            vec![
                curve("409: another user was faster", 3, CurveStyle::Line, |second| Some(real(second.conflicts))),
                curve("5xx and broken connections", 5, CurveStyle::Line, |second| Some(real(second.failures))),
            ],
        ),
    ];
    figures
        .into_iter()
        .map(|(title, unit, least_top, curves)| figure(title, unit, &Plot { curves, least_top, least_end: end, size: HALF }))
        .collect()
}

/// Returns the end of the record, in seconds since the start.
pub(super) fn end(record: &Record) -> f64 {
    record.timeline.last().map_or(0.0, |second| second.at.into())
}

/// Renders the latency of an operation over time.
pub(super) fn latency(operation: &Operation, end: f64) -> Result<String, Error> {
    let curve = |name: &str, ink, value: fn(&crate::record::Latency) -> f64| Curve {
        name: name.to_owned(),
        ink: Ink::Series(ink),
        style: CurveStyle::Line,
        points: operation.timeline.iter().map(|second| (second.at.into(), Some(value(&second.latency)))).collect(),
    };
    let curves = vec![curve("p50", 1, |latency| latency.p50_ms), curve("p99", 2, |latency| latency.p99_ms)];
    figure(&operation.name, "milliseconds", &Plot { curves, least_top: 1.0, least_end: end, size: HALF })
}

/// Renders the sold seats over time, by policy.
pub(super) fn what_if(results: &[WhatIf]) -> Result<String, Error> {
    let end = results.iter().filter_map(|result| Some(result.curve.last()?.0)).fold(0.0, f64::max);
    let curve = |(index, result): (usize, &WhatIf)| {
        let last = result.curve.last().map(|(_, sold)| (end, Some(real(*sold))));
        let points = result.curve.iter().map(|(at, sold)| (*at, Some(real(*sold)))).chain(last).collect();
        Curve { name: result.policy.clone(), ink: Ink::Series(index + 1), style: CurveStyle::Line, points }
    };
    let curves = results.iter().enumerate().map(curve).collect();
    figure("Sold, by policy", "seats", &Plot { curves, least_top: 5.0, least_end: end, size: WHOLE })
}

fn figure(title: &str, unit: &str, plot: &Plot) -> Result<String, Error> {
    let drawn =
        if plot.is_empty() { r#"<p class="nothing">No data.</p>"#.to_owned() } else { plot.svg(&format!("{title}, {unit} over time"))? };
    let keys: String = plot.curves.iter().filter(|_| plot.curves.len() > 1).map(key).collect();
    let keys = if keys.is_empty() { keys } else { format!("<ul class=\"keys\">{keys}</ul>") };
    Ok(format!("<figure><figcaption><b>{}</b> <span>{}</span>{keys}</figcaption>{drawn}</figure>\n", Text(title), Text(unit)))
}

fn key(curve: &Curve) -> String {
    format!(r#"<li><span class="key" style="background:{}"></span>{}</li>"#, curve.ink.variable(), Text(&curve.name))
}

/// Converts a count to a coordinate; beyond 2⁵³ the rounding isn't visible.
#[expect(clippy::cast_precision_loss, reason = "a point in a plot")]
fn real(count: u64) -> f64 {
    count as f64
}
