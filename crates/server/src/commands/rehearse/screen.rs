//! The terminal output of a rehearsal: progress bars on standard error if it is a terminal, and a summary with tables and verdicts.

use std::cell::Cell;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use rehearsal::record::{Operation, Verdict, WhatIf};
use rehearsal::{Progress, Record, Scenario};
use serde_json::{Value, json};

use crate::output::table;
use crate::progress;

/// The progress bars of a rehearsal.
pub(super) struct Screen {
    users: ProgressBar,
    seats: ProgressBar,
    line: ProgressBar,
    bars: MultiProgress,
    before: Cell<Progress>,
}

impl Screen {
    pub(super) fn new(scenario: &Scenario) -> anyhow::Result<Self> {
        let bars = MultiProgress::new();
        let users = bars.add(progress::bar(scenario.users.into(), "users")?);
        let seats = bars.add(progress::bar(scenario.seats.into(), "seats")?);
        let line = bars.add(ProgressBar::no_length().with_style(ProgressStyle::with_template("{msg}")?));
        Ok(Self { users, seats, line, bars, before: Cell::default() })
    }

    pub(super) fn show(&self, now: &Progress) {
        let before = self.before.replace(*now);
        self.users.set_position(now.gone);
        self.users.set_message(format!("finished, {} arriving, {} waiting, {} active", now.arriving, now.waiting, now.active));
        self.seats.set_position(now.sold);
        self.seats.set_message("sold");
        let Progress { seconds, conflicts, failures, .. } = *now;
        let responses = u32::try_from(now.answers - before.answers).map_or(0.0, f64::from);
        let rate = if seconds > before.seconds { responses / (seconds - before.seconds) } else { 0.0 };
        let (p50, p99) = (now.latency.p50_ms, now.latency.p99_ms);
        self.line.set_message(format!(
            "{seconds:.0} s: {rate:.0} responses/s, median {p50:.1} ms, p99 {p99:.1} ms, {conflicts} conflicts, {failures} failures"
        ));
    }

    pub(super) fn clear(&self) {
        // Errors of the terminal don't matter any more.
        let _ = self.bars.clear();
    }
}

/// Formats the outcome.
pub(super) fn summary(record: &Record) -> String {
    let Record { scenario, seed, seconds, users, seats, sold, payments_per_second, .. } = record;
    let head = format!(
        "{scenario} with seed {seed}: {users} users, {sold} of {seats} seats sold in {seconds:.1} s, {payments_per_second:.1} payments/s"
    );
    let plans = format_plans(&record.what_if);
    if record.operations.is_empty() && record.verdicts.is_empty() {
        return format!("{scenario} with seed {seed}, in simulated time: {users} users, {seats} seats\n\n{plans}");
    }
    let columns =
        [("operation", "/name"), ("responses", "/count"), ("median ms", "/p50"), ("p90", "/p90"), ("p99", "/p99"), ("max", "/max")];
    let operations: Vec<_> = record.operations.iter().map(row).collect();
    let verdicts: String = record.verdicts.iter().map(verdict).collect();
    format!("{head}\n\n{}\n{verdicts}{plans}", table(&operations, &columns))
}

/// Formats the results of policies in simulated time.
fn format_plans(plans: &[WhatIf]) -> String {
    if plans.is_empty() {
        return String::new();
    }
    let tenth = |seconds: Option<f64>| seconds.map(|seconds| (seconds * 10.0).round() / 10.0);
    let row = |plan: &WhatIf| {
        json!({
            "policy": plan.policy,
            "sold": plan.sold,
            "sold_out": tenth(plan.sold_out_after_seconds),
            "p50": tenth(plan.wait_p50_seconds),
            "p90": tenth(plan.wait_p90_seconds),
            "never": plan.never_admitted,
        })
    };
    let columns = [
        ("policy", "/policy"),
        ("sold", "/sold"),
        ("sold out after s", "/sold_out"),
        ("median wait s", "/p50"),
        ("p90", "/p90"),
        ("never admitted", "/never"),
    ];
    table(&plans.iter().map(row).collect::<Vec<_>>(), &columns)
}

fn row(operation: &Operation) -> Value {
    let tenth = |ms: f64| (ms * 10.0).round() / 10.0;
    let latency = operation.latency;
    json!({
        "name": operation.name,
        "count": operation.count,
        "p50": tenth(latency.p50_ms),
        "p90": tenth(latency.p90_ms),
        "p99": tenth(latency.p99_ms),
        "max": tenth(latency.max_ms),
    })
}

fn verdict(Verdict { promise, looked_at, violations }: &Verdict) -> String {
    if violations.is_empty() {
        return format!("kept    {promise} ({looked_at} checked)\n");
    }
    let violations: Vec<_> = violations.iter().map(|violation| violation.replace('\n', "\n  ")).collect();
    format!("BROKEN  {promise}\n  {}\n", violations.join("\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_promise_is_shown_with_its_requests() {
        let kept = Verdict { promise: "no response is a 5xx".into(), looked_at: 9, violations: vec![] };
        let broken = Verdict {
            promise: "no seat is sold twice".into(),
            looked_at: 2,
            violations: vec!["seat 7 is sold to two\n  user 1 at 0.1 s: POST /v1/payments".into()],
        };
        let summary = summary(&Record { verdicts: vec![kept, broken], ..Record::default() });
        assert!(summary.contains("kept    no response is a 5xx (9 checked)\n"), "{summary}");
        assert!(
            summary.contains("BROKEN  no seat is sold twice\n  seat 7 is sold to two\n    user 1 at 0.1 s: POST /v1/payments\n"),
            "{summary}"
        );
    }
}
