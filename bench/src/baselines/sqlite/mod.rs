//! The baselines on SQLite, which has one writer: the rows of a hold in a transaction each, and the row of a join, one after the other,
//! with the server's durability.

use std::time::Instant;

use anyhow::Context;
use hdrhistogram::Histogram;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value};

use crate::plan::Plan;
use crate::process::Process;
use crate::round::{Busy, Round};
use crate::row::{Rows, Store, What};
use crate::scratch::Scratch;
use crate::statistics::float;

const SCHEMA: &str = include_str!("schema.sql");
const PREFILL: &str = include_str!("prefill.sql");
const HOLD: &str = include_str!("hold.sql");
const JOIN: &str = include_str!("join.sql");

/// The number of users with an admitted token: more than can hold seats during all rounds.
const TICKETS: u32 = 60_000;
/// The number of the last user: those without a ticket join the queue.
const LAST_USER: u32 = 360_000;
const SEATS_A_SCHEDULE: u32 = 20_000;

/// A database with the frozen schema.
pub(crate) struct Baselines {
    plan: Plan,
    database: DatabaseConnection,
    /// The number of tickets whose users hold seats already.
    held: u32,
    /// The number of users who have joined already.
    joined: u32,
    _scratch: Scratch,
}

impl Baselines {
    /// Creates and fills the database.
    pub(crate) async fn new(plan: Plan) -> anyhow::Result<Self> {
        let scratch = Scratch::sqlite()?;
        let database = scratch.connect().await?;
        let settings = ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 8000"];
        for statements in settings.into_iter().chain([SCHEMA, PREFILL]) {
            database.execute_unprepared(statements).await?;
        }
        Ok(Self { plan, database, held: 0, joined: 0, _scratch: scratch })
    }

    /// Measures a round of each baseline.
    pub(crate) async fn measure(&mut self, rows: &mut Rows) -> anyhow::Result<()> {
        let round = self.run(HOLD, self.held, TICKETS).await?;
        self.held += u32::try_from(round.latencies.len())?;
        rows.add(Store::Sqlite, What::BareHold, 1, round);
        // Users other than those of the tickets, with the next numbers.
        let round = self.run(JOIN, TICKETS + self.joined, LAST_USER).await?;
        self.joined += u32::try_from(round.latencies.len())?;
        rows.add(Store::Sqlite, What::BareJoin, 1, round);
        Ok(())
    }

    /// Runs the statements of `script` for each ticket after `before` up to `last`, until the time is up.
    async fn run(&self, script: &str, before: u32, last: u32) -> anyhow::Result<Round> {
        let statements: Vec<&str> = script.split_terminator(";\n").collect();
        let (process, mut latencies) = (Process::this(), Histogram::new(3)?);
        let (start, busy_before) = (Instant::now(), process.busy()?);
        let mut ticket = before;
        while start.elapsed() < self.plan.duration() {
            ticket = Some(ticket + 1).filter(|ticket| *ticket <= last).context("the users of the baseline on SQLite don't suffice")?;
            let begin = Instant::now();
            for sql in &statements {
                let statement = Statement::from_sql_and_values(DbBackend::Sqlite, *sql, values(ticket));
                self.database.execute_raw(statement).await?;
            }
            latencies.record(u64::try_from(begin.elapsed().as_micros())?)?;
        }
        let a_second = float(latencies.len()) / start.elapsed().as_secs_f64();
        let busy = Busy { server: Some(process.busy()?.saturating_sub(busy_before)), database: None };
        Ok(Round { a_second, latencies, busy })
    }
}

/// Returns the parameters of the statements: the ticket as an id, the number and the schedule of its seat, the ticket as a number.
fn values(ticket: u32) -> [Value; 4] {
    let id = |number: u32| u128::from(number).to_be_bytes().to_vec();
    let seat = ticket - 1;
    [id(ticket).into(), (seat % SEATS_A_SCHEDULE + 1).into(), id(seat / SEATS_A_SCHEDULE).into(), ticket.into()]
}
