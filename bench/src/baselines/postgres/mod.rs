//! The baselines on PostgreSQL, measured by pgbench: a hold in one statement, a hold in an interactive transaction, a join.

mod pgbench;

use anyhow::{Context, ensure};
use testbed::{Cluster, Database};

use crate::plan::Plan;
use crate::process::Process;
use crate::round::{Busy, Round};
use crate::row::{Rows, Store, What};
pub(crate) use pgbench::CLIENTS;
use pgbench::Script;

const SCHEMA: &str = include_str!("schema.sql");
const PREFILL: &str = include_str!("prefill.sql");
const WRITTEN: &str = include_str!("written.sql");

/// Of the 300,000 seats, the bare hold may take this many, the interactive one the rest.
const BARE_SEATS: u32 = 200_000;
const INTERACTIVE_SEATS: u32 = 100_000;
/// The number of kinds of rows that [`WRITTEN`] counts: six that a hold writes, and waiting users.
const KINDS: usize = 7;
/// The kind that a join writes.
const WAITING: usize = 6;

/// A database with the frozen schema, and the seats that are left for its rounds.
pub(crate) struct Baselines<'a> {
    cluster: &'a Cluster,
    database: Database,
    process: Option<Process>,
    plan: Plan,
    round: u32,
}

impl<'a> Baselines<'a> {
    /// Creates and fills the database.
    pub(crate) fn new(cluster: &'a Cluster, plan: Plan) -> Self {
        let database = cluster.create_database();
        for statements in [SCHEMA, PREFILL, "VACUUM ANALYZE"] {
            cluster.sql(&database.name, statements);
        }
        Self { cluster, database, process: Process::of_cluster(cluster), plan, round: 0 }
    }

    /// Measures a round of each baseline.
    pub(crate) fn measure(&mut self, rows: &mut Rows) -> anyhow::Result<()> {
        let first = BARE_SEATS + self.round * (INTERACTIVE_SEATS / self.plan.rounds);
        let interactive_hold = self.run(What::InteractiveHold, include_str!("interactive_hold.sql"), first)?;
        rows.add(Store::Postgres, What::InteractiveHold, CLIENTS, interactive_hold);
        let bare_join = self.run(What::BareJoin, include_str!("bare_join.sql"), 0)?;
        rows.add(Store::Postgres, What::BareJoin, CLIENTS, bare_join);
        rows.add(Store::Postgres, What::BareHold, CLIENTS, self.measure_hold()?);
        Ok(())
    }

    /// Measures a round of the bare hold.
    pub(crate) fn measure_hold(&mut self) -> anyhow::Result<Round> {
        let first = self.round * (BARE_SEATS / self.plan.rounds);
        self.round += 1;
        self.run(What::BareHold, include_str!("bare_hold.sql"), first)
    }

    fn run(&self, what: What, sql: &str, first: u32) -> anyhow::Result<Round> {
        let (before, busy_before) = (self.written()?, self.busy()?);
        let script = Script { sql, first, seconds: self.plan.seconds };
        let measured = script.run(&self.database.url).with_context(|| format!("the {what} on PostgreSQL"))?;
        let (busy, after) = (self.busy()?.since(busy_before), self.written()?);
        let writes = |kind| if (kind == WAITING) == (what == What::BareJoin) { measured.transactions } else { 0 };
        let expected: Vec<u64> = (0..KINDS).map(writes).collect();
        let added: Vec<u64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
        ensure!(
            added == expected,
            "{} transactions wrote {added:?} rows, not {expected:?}: were there seats enough?",
            measured.transactions
        );
        Ok(Round { a_second: measured.a_second, latencies: measured.latencies, busy })
    }

    fn busy(&self) -> anyhow::Result<Busy> {
        Ok(Busy { server: None, database: self.process.map(Process::busy_with_children).transpose()? })
    }

    fn written(&self) -> anyhow::Result<Vec<u64>> {
        let counts = self.cluster.sql(&self.database.name, WRITTEN);
        counts.split('|').map(|count| count.parse().with_context(|| format!("no counts: {counts}"))).collect()
    }
}
