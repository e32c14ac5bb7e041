//! The baselines on PostgreSQL, measured by pgbench: a hold in one statement, a hold in an interactive transaction, a join.

use anyhow::{Context, ensure};
use testbed::{Cluster, Database};

use super::pgbench::{CLIENTS, Script};
use crate::row::{Row, Store, What};

const SCHEMA: &str = concat!(
    include_str!("../../../migrations/postgres/0001_init.up.sql"),
    include_str!("../../../migrations/postgres/0002_waiting_room.up.sql"),
);
const PREFILL: &str = include_str!("prefill.sql");
const WRITTEN: &str = include_str!("written.sql");

const BARE_HOLD: &str = include_str!("bare_hold.sql");
const INTERACTIVE_HOLD: &str = include_str!("interactive_hold.sql");
const BARE_JOIN: &str = include_str!("bare_join.sql");

/// Of the 300,000 seats, the bare hold may take this many, the interactive one the rest.
const BARE_SEATS: u32 = 200_000;
/// What [`WRITTEN`] counts: six sorts of rows that a hold writes, and those who wait.
const SORTS: usize = 7;
/// Which of them a join writes.
const WAITING: usize = 6;

/// Measures each for `seconds`.
pub(crate) fn measure(cluster: &Cluster, seconds: u32) -> anyhow::Result<Vec<Row>> {
    let database = cluster.create_database();
    for statements in [SCHEMA, PREFILL, "VACUUM ANALYZE"] {
        cluster.sql(&database.name, statements);
    }
    let mut rows = Vec::new();
    for (what, sql, first) in
        [(What::BareHold, BARE_HOLD, 0), (What::InteractiveHold, INTERACTIVE_HOLD, BARE_SEATS), (What::BareJoin, BARE_JOIN, 0)]
    {
        let row = measure_one(cluster, &database, what, &Script { sql, first, seconds });
        rows.push(row.with_context(|| format!("the {what} on PostgreSQL"))?);
    }
    Ok(rows)
}

fn measure_one(cluster: &Cluster, database: &Database, what: What, script: &Script<'_>) -> anyhow::Result<Row> {
    // Whoever writes next to a checkpoint's pages writes them whole: the same for all.
    cluster.sql("postgres", "CHECKPOINT");
    let before = written(cluster, database)?;
    let measured = script.run(&database.url)?;
    let after = written(cluster, database)?;
    let expected: Vec<u64> =
        (0..SORTS).map(|sort| if (sort == WAITING) == (what == What::BareJoin) { measured.transactions } else { 0 }).collect();
    let added: Vec<u64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
    ensure!(added == expected, "{} transactions wrote {added:?} rows, not {expected:?}: were there seats enough?", measured.transactions);
    Ok(Row { store: Store::Postgres, what, connections: CLIENTS, a_second: measured.a_second, latencies: measured.latencies, busy: None })
}

fn written(cluster: &Cluster, database: &Database) -> anyhow::Result<Vec<u64>> {
    let counts = cluster.sql(&database.name, WRITTEN);
    counts.split('|').map(|count| count.parse().with_context(|| format!("no counts: {counts}"))).collect()
}
