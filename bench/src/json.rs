//! The run as JSON, for programs.

use serde_json::{Value, json};

use crate::bars::{Bar, Limit};
use crate::machine::Machine;
use crate::row::Row;

pub(crate) fn whole(machine: &Machine, rows: &[Row], bars: &[Bar]) -> Value {
    json!({
        "machine": { "cores": machine.cores, "postgres": machine.postgres, "rustc": machine.rustc },
        "rows": rows.iter().map(|row| of_row(row, rows)).collect::<Vec<_>>(),
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
