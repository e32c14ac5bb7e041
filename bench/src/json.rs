//! The run as JSON, for programs.

use serde_json::{Value, json};

use crate::bars::{Bar, Limit};
use crate::machine::Machine;
use crate::room::{Answered, Filled, Room};
use crate::row::Row;

pub(crate) fn whole(machine: &Machine, rows: &[Row], room: &Room, bars: &[Bar]) -> Value {
    json!({
        "machine": { "cores": machine.cores, "postgres": machine.postgres, "rustc": machine.rustc },
        "rows": rows.iter().map(|row| of_row(row, rows)).collect::<Vec<_>>(),
        "room": of_room(room),
        "bars": bars.iter().map(of_bar).collect::<Vec<_>>(),
    })
}

fn of_row(row: &Row, rows: &[Row]) -> Value {
    json!({
        "store": row.store.to_string(),
        "what": row.what.to_string(),
        "connections": row.connections,
        "count": row.latencies.len(),
        "a_second": row.a_second,
        "by_baseline": row.ratio(rows),
        "p50_ms": row.p50_ms(),
        "p99_ms": row.p99_ms(),
        "max_ms": row.max_ms(),
        "core_micros": row.core_micros(),
    })
}

fn of_room(room: &Room) -> Value {
    json!({
        "answers": room.answered.iter().map(of_answered).collect::<Vec<_>>(),
        "lines": room.filled.iter().map(|filled| of_filled(filled, room)).collect::<Vec<_>>(),
        "streams": { "open": room.opened.streams, "kibibytes_each": room.opened.kibibytes_each() },
    })
}

fn of_answered(answered: &Answered) -> Value {
    json!({
        "asked": answered.asked.to_string(),
        "connections": answered.connections,
        "count": answered.latencies.len(),
        "a_second": answered.a_second,
        "p50_ms": answered.quantile_ms(0.5),
        "p99_ms": answered.quantile_ms(0.99),
        "max_ms": answered.quantile_ms(1.0),
        "core_micros": answered.core_micros,
        "driver_share": answered.driver_share,
    })
}

fn of_filled(filled: &Filled, room: &Room) -> Value {
    json!({
        "waiting": filled.waiting,
        "serving_after_seconds": filled.after.as_secs_f64(),
        "resident_bytes": filled.resident,
        "bytes_each": room.bytes_each(filled),
        "admission_ms": filled.admission.map(|took| took.as_secs_f64() * 1_000.0),
    })
}

fn of_bar(bar: &Bar) -> Value {
    let (limit, bound) = match bar.limit {
        Limit::AtLeast(bound) => ("at least", bound),
        Limit::AtMost(bound) => ("at most", bound),
        Limit::Exactly(bound) => ("exactly", bound),
    };
    json!({
        "what": bar.what, "value": bar.value, "limit": limit, "bound": bound, "goal": bar.goal,
        "met": bar.is_met(), "verdict": bar.verdict(),
    })
}
