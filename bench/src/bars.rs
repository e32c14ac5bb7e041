//! The bars: the required ratios within one run, and whether they were reached.

use anyhow::Context;

use crate::one_seat::Contention;
use crate::room::{Asked, FEW, MANY, Room};
use crate::row::{self, Row, Store, What};

/// A bar and the measured value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bar {
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) limit: Limit,
    /// A stricter value than the limit, which is the long-term aim.
    pub(crate) goal: Option<f64>,
    unit: &'static str,
}

/// The acceptable values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Limit {
    AtLeast(f64),
    AtMost(f64),
    Exactly(f64),
}

/// The comparisons on PostgreSQL: an operation over HTTP, its baseline, the required ratio, and the goal.
const RATIOS: [(What, What, f64, Option<f64>); 5] = [
    (What::Hold, What::BareHold, 1.3, Some(2.0)),
    (What::Hold, What::InteractiveHold, 5.0, None),
    (What::Pay, What::BareHold, 0.5, Some(1.0)),
    (What::Charge, What::BareHold, 0.8, None),
    (What::Join, What::BareJoin, 1.5, Some(2.0)),
];
/// In a flood, completed requests take at most half of a request's deadline.
const FLOOD_P99_MS: f64 = 1_000.0;
/// The number of connections at which rates are compared.
const RATE_CONNECTIONS: usize = 256;
/// The number of connections at which the tail latency is judged.
const TAIL_CONNECTIONS: usize = 64;

/// Returns the bars of a run on both stores.
pub(crate) fn judge(rows: &[Row], contentions: &[Contention]) -> anyhow::Result<Vec<Bar>> {
    let found =
        |store, what, connections| row::find(rows, store, what, connections).with_context(|| format!("{what} on {store} was not measured"));
    let mut bars = Vec::new();
    for (what, with, enough, goal) in RATIOS {
        let value = found(Store::Postgres, what, Some(RATE_CONNECTIONS))?.a_second / found(Store::Postgres, with, None)?.a_second;
        let name = format!("postgres: {what} at {RATE_CONNECTIONS} connections by {with}");
        bars.push(Bar { what: name, value, limit: Limit::AtLeast(enough), goal, unit: " ×" });
    }
    for store in [Store::Postgres, Store::Sqlite] {
        let (carried, flooded) = (found(store, What::Carried, None)?, found(store, What::Flooded, None)?);
        let bar = |what: &str, value, limit, unit| Bar { what: format!("{store}: {what}"), value, limit, goal: None, unit };
        let kept = flooded.a_second / carried.a_second;
        bars.push(bar("charges done in a flood of ten times the clients by those without", kept, Limit::AtLeast(0.8), " ×"));
        bars.push(bar("p99 of the charges done in a flood", flooded.p99_ms(), Limit::AtMost(FLOOD_P99_MS), " ms"));
    }
    for contention in contentions {
        let bar = |what: &str, value, limit, unit| Bar {
            what: format!("{}: one seat, {what}", contention.store),
            value,
            limit,
            goal: None,
            unit,
        };
        let all = f64::from(contention.created + contention.conflicts + contention.faults + contention.others);
        bars.push(bar("201", f64::from(contention.created), Limit::Exactly(1.0), ""));
        bars.push(bar("409", f64::from(contention.conflicts), Limit::Exactly(all - 1.0), ""));
        bars.push(bar("5xx", f64::from(contention.faults), Limit::Exactly(0.0), ""));
        let p99_ms = found(contention.store, What::OneSeat, None)?.p99_ms();
        bars.push(bar("p99", p99_ms, Limit::AtMost(250.0), " ms"));
        let hold = found(contention.store, What::Hold, Some(TAIL_CONNECTIONS))?;
        let name = format!("{}: p99 of hold at {TAIL_CONNECTIONS} connections by its p50", contention.store);
        bars.push(Bar { what: name, value: hold.p99_ms() / hold.p50_ms(), limit: Limit::AtMost(5.0), goal: None, unit: " ×" });
    }
    Ok(bars)
}

/// Returns the bars of the waiting room.
pub(crate) fn judge_room(room: &Room) -> anyhow::Result<Vec<Bar>> {
    let rate = |asked| room.find(asked).map(|answered| answered.a_second).with_context(|| format!("{asked} was not measured"));
    let filled = |waiting| room.filled.iter().find(|filled| filled.waiting == waiting).context("a queue was not measured");
    let admission = |waiting| filled(waiting)?.admission.map(|took| took.as_secs_f64()).context("an admission was not measured");
    let (polls, streams, many) = (rate(Asked::Poll { waiting: MANY })?, room.opened.streams, filled(MANY)?);
    let bar = |what: &str, value, limit, goal, unit| Bar { what: format!("the waiting room: {what}"), value, limit, goal, unit };
    let (least, most) = (Limit::AtLeast, Limit::AtMost);
    Ok(vec![
        bar("poll at 1,000,000 waiting by the bare handler", polls / rate(Asked::Bare)?, least(0.75), Some(0.9), " ×"),
        bar("poll at 10,000 waiting by poll at 1,000,000", rate(Asked::Poll { waiting: FEW })? / polls, most(1.2), None, " ×"),
        bar("poll answered 304 by poll", rate(Asked::Unchanged { waiting: MANY })? / polls, least(1.0), None, " ×"),
        bar("poll beside event streams by poll", rate(Asked::Beside { streams, waiting: MANY })? / polls, least(0.8), None, " ×"),
        bar("admission of 1,000 of 1,000,000 by that of 1,000 of 10,000", admission(MANY)? / admission(FEW)?, most(1.5), None, " ×"),
        bar("1,000,000 waiting are read", many.after.as_secs_f64(), most(10.0), None, " s"),
        bar("memory of one of 1,000,000 waiting", room.bytes_each(many).context("the queue is empty")?, most(100.0), None, " B"),
        bar("memory of an event stream", room.opened.kibibytes_each(), most(10.0), None, " KiB"),
    ])
}

impl Bar {
    /// Whether the limit is met.
    pub(crate) fn is_met(&self) -> bool {
        match self.limit {
            Limit::AtLeast(least) => self.value >= least,
            Limit::AtMost(most) => self.value <= most,
            // Counts.
            Limit::Exactly(count) => (self.value - count).abs() < 0.5,
        }
    }

    pub(crate) fn wanted(&self) -> String {
        let unit = self.unit;
        let goal = self.goal.map(|goal| format!(" (goal {goal}{unit})")).unwrap_or_default();
        match self.limit {
            Limit::AtLeast(least) => format!("≥ {least}{unit}{goal}"),
            Limit::AtMost(most) => format!("≤ {most}{unit}{goal}"),
            Limit::Exactly(count) => format!("{count}{unit}{goal}"),
        }
    }

    pub(crate) fn measured(&self) -> String {
        match self.limit {
            Limit::AtLeast(_) | Limit::AtMost(_) => format!("{:.2}{}", self.value, self.unit),
            Limit::Exactly(_) => format!("{}{}", self.value, self.unit),
        }
    }

    pub(crate) fn verdict(&self) -> String {
        let percent = |limit: f64| (self.value - limit).abs() / limit * 100.0;
        match (self.is_met(), self.limit, self.goal) {
            (true, _, None) => "met".to_owned(),
            (true, _, Some(goal)) if self.value >= goal => "met, and the goal".to_owned(),
            (true, _, Some(goal)) => format!("met, {:.0} % short of the goal", percent(goal)),
            (false, Limit::AtLeast(limit) | Limit::AtMost(limit), _) => format!("**missed by {:.0} %**", percent(limit)),
            (false, Limit::Exactly(count), _) => format!("**missed by {}**", (self.value - count).abs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(value: f64, limit: Limit, goal: Option<f64>) -> String {
        Bar { what: String::new(), value, limit, goal, unit: "" }.verdict()
    }

    #[test]
    fn a_verdict_states_the_difference_from_the_limit() {
        assert_eq!(verdict(2.0, Limit::AtLeast(1.3), Some(2.0)), "met, and the goal");
        assert_eq!(verdict(1.5, Limit::AtLeast(1.3), Some(2.0)), "met, 25 % short of the goal");
        assert_eq!(verdict(0.65, Limit::AtLeast(1.3), Some(2.0)), "**missed by 50 %**");
        assert_eq!(verdict(250.0, Limit::AtMost(250.0), None), "met");
        assert_eq!(verdict(300.0, Limit::AtMost(250.0), None), "**missed by 20 %**");
        assert_eq!(verdict(0.0, Limit::Exactly(0.0), None), "met");
        assert_eq!(verdict(3.0, Limit::Exactly(0.0), None), "**missed by 3**");
    }
}
