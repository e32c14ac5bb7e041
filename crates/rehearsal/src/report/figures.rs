//! The figures of the report: which curves are shown, and what is said below them.

use super::Error;
use super::escape::Text;
use super::ink::Ink;
use super::plot::{Curve, Look, Plot};
use crate::Record;
use crate::record::{Operation, Second, WhatIf};

const HALF: (u32, u32) = (540, 230);
const WHOLE: (u32, u32) = (1_120, 300);

/// The course of the sale.
pub(super) fn course(record: &Record) -> Result<String, Error> {
    let curve = |name: &str, ink, look, value: fn(&Second) -> Option<f64>| Curve {
        name: name.to_owned(),
        ink: Ink::Series(ink),
        look,
        points: record.timeline.iter().map(|second| (second.at.into(), value(second))).collect(),
    };
    let end = end(record);
    let all = real(record.seats);
    let seats = Curve { name: "all seats".into(), ink: Ink::Muted, look: Look::Line, points: vec![(0.0, Some(all)), (end, Some(all))] };
    let sold = curve("sold", 1, Look::Area, |second| Some(real(second.sold)));
    let sold = if record.timeline.is_empty() { vec![sold] } else { vec![sold, seats] };
    let figures = [
        ("Sold", "seats", 5.0, sold),
        ("Waiting in line", "users", 5.0, vec![curve("waiting", 2, Look::Area, |second| Some(real(second.waiting)))]),
        ("Active in the shop", "users", 5.0, vec![curve("active", 3, Look::Area, |second| Some(real(second.active)))]),
        ("Admissions", "users a second", 5.0, vec![curve("admitted", 4, Look::Area, |second| Some(real(second.admitted)))]),
        (
            "Wait of those let in",
            "seconds",
            1.0,
            vec![
                curve("half waited no longer", 1, Look::Line, |second| second.wait_p50_seconds),
                curve("nine in ten waited no longer", 2, Look::Line, |second| second.wait_p90_seconds),
            ],
        ),
        (
            "Conflicts and failures",
            "answers a second",
            5.0,
            vec![
                curve("409, somebody was quicker", 3, Look::Line, |second| Some(real(second.conflicts))),
                curve("503 and broken connections", 5, Look::Line, |second| Some(real(second.failures))),
            ],
        ),
    ];
    figures
        .into_iter()
        .map(|(title, unit, least_top, curves)| figure(title, unit, &Plot { curves, least_top, least_end: end, size: HALF }))
        .collect()
}

/// When the record ends, in seconds from the beginning.
pub(super) fn end(record: &Record) -> f64 {
    record.timeline.last().map_or(0.0, |second| second.at.into())
}

/// How long an operation took, over time.
pub(super) fn latency(operation: &Operation, end: f64) -> Result<String, Error> {
    let curve = |name: &str, ink, value: fn(&crate::record::Latency) -> f64| Curve {
        name: name.to_owned(),
        ink: Ink::Series(ink),
        look: Look::Line,
        points: operation.timeline.iter().map(|second| (second.at.into(), Some(value(&second.latency)))).collect(),
    };
    let curves = vec![curve("p50", 1, |latency| latency.p50_ms), curve("p99", 2, |latency| latency.p99_ms)];
    figure(&operation.name, "milliseconds", &Plot { curves, least_top: 1.0, least_end: end, size: HALF })
}

/// What would be sold when, under each policy.
pub(super) fn what_if(plays: &[WhatIf]) -> Result<String, Error> {
    let end = plays.iter().filter_map(|play| Some(play.curve.last()?.0)).fold(0.0, f64::max);
    let curve = |(index, play): (usize, &WhatIf)| {
        let last = play.curve.last().map(|(_, sold)| (end, Some(real(*sold))));
        let points = play.curve.iter().map(|(at, sold)| (*at, Some(real(*sold)))).chain(last).collect();
        Curve { name: play.policy.clone(), ink: Ink::Series(index + 1), look: Look::Line, points }
    };
    let curves = plays.iter().enumerate().map(curve).collect();
    figure("Sold, by policy", "seats", &Plot { curves, least_top: 5.0, least_end: end, size: WHOLE })
}

fn figure(title: &str, unit: &str, plot: &Plot) -> Result<String, Error> {
    let drawn = if plot.is_empty() {
        r#"<p class="nothing">Nothing to show.</p>"#.to_owned()
    } else {
        plot.svg(&format!("{title}, {unit} over time"))?
    };
    let keys: String = plot.curves.iter().filter(|_| plot.curves.len() > 1).map(key).collect();
    let keys = if keys.is_empty() { keys } else { format!("<ul class=\"keys\">{keys}</ul>") };
    Ok(format!("<figure><figcaption><b>{}</b> <span>{}</span>{keys}</figcaption>{drawn}</figure>\n", Text(title), Text(unit)))
}

fn key(curve: &Curve) -> String {
    format!(r#"<li><span class="key" style="background:{}"></span>{}</li>"#, curve.ink.variable(), Text(&curve.name))
}

/// A count as a coordinate; beyond 2⁵³ nobody sees the difference.
#[expect(clippy::cast_precision_loss, reason = "a point in a plot")]
fn real(count: u64) -> f64 {
    count as f64
}
