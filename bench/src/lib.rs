//! Measures Frontrow over HTTP and its databases without Frontrow in one run: absolute figures on a shared machine mean little, but ratios
//! are meaningful. Everything is measured in short rounds, in turn with what it is compared with; a figure is the median of its rounds, and
//! a bar is met when the worse quartile meets it. `docs/performance.md` explains the tables and contains the last ones.
//!
//! `bench` measures everything but the weak points; `bench --help` lists the parts that can be measured alone.

mod bars;
mod baselines;
mod buyer;
mod client;
mod counting;
mod crowd;
mod deployment;
mod driver;
mod flood;
mod grouped;
mod hall;
mod json;
mod judge;
mod machine;
mod one_seat;
mod operator;
mod page;
mod plan;
mod process;
mod purchases;
mod report;
mod room;
mod round;
mod row;
mod rush;
mod scratch;
mod scripts;
mod server;
mod statistics;
mod table;
mod target;
mod weak_points;

use anyhow::Context;
use clap::{Parser, Subcommand};
use testbed::{Cluster, Durability};

pub use counting::run_counting;
use machine::Machine;
use one_seat::Contention;
use plan::Plan;
use purchases::Baselines;
use report::Report;
use row::{Rows, Store};
use rush::Rush;
use scratch::Scratch;

const RESULTS: &str = "target/bench.json";
const WEAK_POINTS: &str = "target/weak-points.json";

/// Measures Frontrow.
#[derive(Parser)]
#[command(name = "bench")]
struct Cli {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    plan: Plan,
}

/// A part that is measured alone. Its tables are printed only.
#[derive(Subcommand)]
enum Part {
    /// The databases without Frontrow.
    Baselines,
    /// Purchases stage by stage on PostgreSQL.
    Postgres,
    /// Purchases stage by stage on `SQLite`.
    Sqlite,
    /// Everything at once, on PostgreSQL with 1 and 3 instances and on `SQLite`.
    Rush,
    /// The waiting room with a million users.
    Room,
    /// What services of this kind are known to fail at. All scenarios also update docs/performance.md.
    WeakPoints {
        /// Only the scenario of this name.
        scenario: Option<String>,
    },
    /// Started by the bench itself: the bare handler, whose responses have SIZE bytes.
    #[command(hide = true)]
    Constant { size: usize },
}

/// Runs the measurement that the program's arguments select.
///
/// # Errors
///
/// If something can't be started, a response isn't the expected one, or an invariant is violated.
pub async fn measure() -> anyhow::Result<()> {
    let Cli { part, plan } = Cli::parse();
    if let Some(Part::Constant { size }) = part {
        return room::constant::serve(size).await;
    }
    let cluster = start_cluster();
    let mut report = Report::new(Machine::this(&cluster)?, plan);
    match part {
        None => {
            let (postgres, sqlite) = (purchases(&cluster, Store::Postgres, plan).await?, purchases(&cluster, Store::Sqlite, plan).await?);
            let (mut rows, contentions) = (postgres.0, [postgres.1, sqlite.1]);
            rows.extend(sqlite.0);
            report.add_rows(&rows);
            report.add_bars(judge::judge_purchases(&rows, &contentions)?);
            rush(&cluster, plan, &mut report).await?;
            room(&cluster, plan, &mut report).await?;
            return report.publish(RESULTS, "table");
        }
        Some(Part::Baselines) => report.add_rows(&baselines(&cluster, plan).await?),
        Some(Part::Postgres) => report.add_rows(&purchases(&cluster, Store::Postgres, plan).await?.0),
        Some(Part::Sqlite) => report.add_rows(&purchases(&cluster, Store::Sqlite, plan).await?.0),
        Some(Part::Rush) => rush(&cluster, plan, &mut report).await?,
        Some(Part::Room) => room(&cluster, plan, &mut report).await?,
        Some(Part::WeakPoints { scenario }) => {
            let findings = weak_points::measure(&cluster, scenario.as_deref(), plan).await?;
            report.add_comparisons(&findings.comparisons);
            report.add_bars(findings.bars);
            if scenario.is_none() {
                return report.publish(WEAK_POINTS, "weak points");
            }
        }
        Some(Part::Constant { .. }) => {}
    }
    report.print();
    Ok(())
}

/// Starts PostgreSQL with its default settings, except for checkpoints: none is triggered by time or size, as it could fall into one round
/// and not into another.
fn start_cluster() -> Cluster {
    let cluster = Cluster::start(Durability::Disks);
    for statement in ["ALTER SYSTEM SET max_wal_size = '16GB'", "ALTER SYSTEM SET checkpoint_timeout = '1h'", "SELECT pg_reload_conf()"] {
        cluster.sql("postgres", statement);
    }
    cluster
}

async fn baselines_of(cluster: &Cluster, store: Store, plan: Plan) -> anyhow::Result<Baselines<'_>> {
    Ok(match store {
        Store::Postgres => Baselines::Postgres(baselines::postgres::Baselines::new(cluster, plan)),
        Store::Sqlite => Baselines::Sqlite(baselines::sqlite::Baselines::new(plan).await?),
    })
}

async fn baselines(cluster: &Cluster, plan: Plan) -> anyhow::Result<Rows> {
    let mut rows = Rows::default();
    for store in [Store::Postgres, Store::Sqlite] {
        let mut baselines = baselines_of(cluster, store, plan).await?;
        for _ in 0..plan.rounds {
            baselines.measure(&mut rows).await?;
        }
    }
    Ok(rows)
}

async fn purchases(cluster: &Cluster, store: Store, plan: Plan) -> anyhow::Result<(Rows, Contention)> {
    let baselines = baselines_of(cluster, store, plan).await?;
    purchases::measure(scratch(cluster, store)?, baselines, plan).await.with_context(|| format!("purchases on {store}"))
}

async fn rush(cluster: &Cluster, plan: Plan, report: &mut Report) -> anyhow::Result<()> {
    let mut rushes: Vec<Rush> = Vec::new();
    for (store, instances) in [(Store::Postgres, 1), (Store::Postgres, 3), (Store::Sqlite, 1)] {
        let bare = (store == Store::Postgres).then(|| baselines::postgres::Baselines::new(cluster, plan));
        let rush = rush::measure(scratch(cluster, store)?, instances, bare, plan).await;
        rushes.push(rush.with_context(|| format!("the rush on {store} with {instances} instances"))?);
    }
    report.add_rushes(&rushes);
    for rush in &rushes {
        report.add_bars(rush.judge()?);
    }
    Ok(())
}

async fn room(cluster: &Cluster, plan: Plan, report: &mut Report) -> anyhow::Result<()> {
    let room = room::measure(cluster, plan).await.context("the waiting room")?;
    report.add_room(&room);
    report.add_bars(judge::judge_room(&room)?);
    Ok(())
}

fn scratch(cluster: &Cluster, store: Store) -> anyhow::Result<Scratch> {
    match store {
        Store::Postgres => Ok(Scratch::postgres(cluster)),
        Store::Sqlite => Scratch::sqlite(),
    }
}
