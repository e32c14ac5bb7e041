//! The run as JSON, for programs: every round of every figure.

use serde_json::{Map, Value, json};

use crate::bars::{Bar, Limit};
use crate::machine::Machine;
use crate::plan::Plan;
use crate::room::{Polls, Room};
use crate::round::Round;
use crate::row::{Row, Rows};
use crate::rush::Rush;
use crate::statistics::Quartiles;
use crate::weak_points::Comparison;

/// Returns a section of the run's document with the machine and the plan; `parts` are its results.
pub(crate) fn document(machine: &Machine, plan: Plan, parts: Map<String, Value>, bars: &[Bar]) -> Value {
    let mut document = parts;
    document.insert("machine".into(), json!({ "cores": machine.cores, "postgres": machine.postgres, "rustc": machine.rustc }));
    document.insert("plan".into(), json!({ "rounds": plan.rounds, "seconds": plan.seconds, "millions": plan.millions }));
    document.insert("bars".into(), bars.iter().map(of_bar).collect());
    document.into()
}

pub(crate) fn of_rows(rows: &Rows) -> Value {
    rows.iter().map(|row| of_row(row, rows)).collect()
}

fn of_row(row: &Row, rows: &Rows) -> Value {
    json!({
        "store": row.store.to_string(),
        "what": row.what.to_string(),
        "connections": row.connections,
        "by_baseline": rows.ratio(row).map(of_quartiles),
        "rounds": of_rounds(&row.rounds),
    })
}

fn of_rounds(rounds: &[Round]) -> Value {
    rounds.iter().map(of_round).collect()
}

fn of_round(round: &Round) -> Value {
    json!({
        "count": round.latencies.len(),
        "a_second": round.a_second,
        "p50_ms": round.p50_ms(),
        "p99_ms": round.p99_ms(),
        "max_ms": round.max_ms(),
        "server_core_micros": round.server_micros(),
        "database_core_micros": round.database_micros(),
    })
}

fn of_quartiles(quartiles: Quartiles) -> Value {
    json!({ "lower": quartiles.lower, "median": quartiles.median, "upper": quartiles.upper })
}

pub(crate) fn of_rushes(rushes: &[Rush]) -> Value {
    rushes.iter().map(of_rush).collect()
}

fn of_rush(rush: &Rush) -> Value {
    let shares = rush.shares.iter().map(|share| {
        json!({
            "operation": share.operation.to_string(),
            "connections": share.operation.connections(),
            "alone": of_rounds(&share.alone),
            "mixed": of_rounds(&share.mixed),
        })
    });
    json!({
        "store": rush.store.to_string(),
        "instances": rush.instances,
        "operations": shares.collect::<Value>(),
        "purchases": of_rounds(&rush.purchases),
        "bare_holds": of_rounds(&rush.bare_holds),
    })
}

pub(crate) fn of_comparisons(comparisons: &[Comparison]) -> Value {
    let of_comparison = |comparison: &Comparison| {
        json!({
            "scenario": comparison.scenario,
            "figure": comparison.figure,
            "unit": comparison.unit.trim(),
            "calm": comparison.calm,
            "disturbed": comparison.disturbed,
        })
    };
    comparisons.iter().map(of_comparison).collect()
}

pub(crate) fn of_room(room: &Room) -> Value {
    let queues = room.filled.iter().map(|filled| {
        json!({
            "waiting": filled.waiting,
            "serving_after_seconds": filled.after_seconds,
            "allocated_bytes": filled.allocated,
            "bytes_each": room.bytes_each(filled).map(of_quartiles),
            "admission_ms": filled.admission_ms,
        })
    });
    json!({
        "polls": room.polls.iter().map(of_polls).collect::<Value>(),
        "queues": queues.collect::<Value>(),
        "streams": { "open": room.opened.streams, "kibibytes_each": room.opened.kibibytes_each().map(of_quartiles) },
    })
}

fn of_polls(polls: &Polls) -> Value {
    json!({
        "asked": polls.asked.to_string(),
        "connections": polls.connections,
        "rounds": of_rounds(&polls.rounds),
        "driver_shares": polls.driver_shares,
    })
}

fn of_bar(bar: &Bar) -> Value {
    let (limit, bound) = match bar.limit {
        Limit::AtLeast(bound) => ("at least", bound),
        Limit::AtMost(bound) => ("at most", bound),
        Limit::Exactly(bound) => ("exactly", bound),
    };
    json!({
        "what": bar.what,
        "value": of_quartiles(bar.value),
        "limit": limit,
        "bound": bound,
        "met": bar.is_met(),
        "verdict": bar.verdict(),
    })
}
