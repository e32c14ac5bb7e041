//! Measures Frontrow over HTTP and its databases without Frontrow in one run: absolute figures on a shared machine mean little, but ratios
//! are meaningful. `docs/performance.md` explains the table and contains the last one.
//!
//! `bench` measures everything; `bench baselines [SECONDS]` the databases alone, `bench postgres` or `bench sqlite` Frontrow on only one of
//! them, `bench room` the waiting room alone. `bench constant SIZE` is started by the bench itself as the bare handler.

mod bars;
mod baselines;
mod buyer;
mod client;
mod crowd;
mod driver;
mod flood;
mod grouped;
mod hall;
mod json;
mod machine;
mod one_seat;
mod page;
mod process;
mod room;
mod row;
mod scratch;
mod server;
mod table;
mod target;

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use testbed::{Cluster, Durability};

use buyer::Buyer;
use crowd::Crowd;
use machine::Machine;
use one_seat::Contention;
use row::Row;
use scratch::Scratch;
use server::{CapacityProfile, Server};
use target::Target;

/// The server's allocator, so that the bare handler uses it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long each baseline is measured.
const BASELINE_SECONDS: u32 = 10;
/// The number of connections that the driver keeps busy, run by run.
const CONNECTIONS: [usize; 2] = [64, 256];
/// The maximum number of buyers of a run. All runs on one store together need at most the hall's 80,000 seats.
const BUYERS: u32 = 40_000;

const PAGE: &str = "docs/performance.md";
const JSON: &str = "target/bench.json";

/// Runs the measurement that the program's arguments select.
///
/// # Errors
///
/// If the arguments are invalid, something can't be started, a response isn't the expected one, or an invariant is violated.
pub async fn measure() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => everything().await,
        ["baselines"] => baselines(BASELINE_SECONDS).await,
        ["baselines", seconds] => baselines(seconds.parse().context("SECONDS is a number")?).await,
        ["postgres"] => alone(&Scratch::postgres(&a_cluster())).await,
        ["sqlite"] => alone(&Scratch::sqlite()?).await,
        ["room"] => waiting_room().await,
        ["constant", size] => room::constant::serve(size.parse().context("SIZE is a number")?).await,
        _ => bail!("usage: bench [baselines [SECONDS] | postgres | sqlite | room]"),
    }
}

async fn baselines(seconds: u32) -> anyhow::Result<()> {
    let cluster = a_cluster();
    println!("{}\n\n{}", Machine::this(&cluster)?, table::of_rows(&bare(&cluster, seconds).await?));
    Ok(())
}

async fn alone(scratch: &Scratch) -> anyhow::Result<()> {
    let (rows, contention) = over_http(scratch).await?;
    println!("{}\n{contention:?}", table::of_rows(&rows));
    Ok(())
}

async fn waiting_room() -> anyhow::Result<()> {
    let cluster = a_cluster();
    let room = room::measure(&cluster).await?;
    println!("{}\n\n{}\n{}", Machine::this(&cluster)?, table::of_room(&room), table::of_bars(&bars::judge_room(&room)?));
    Ok(())
}

async fn everything() -> anyhow::Result<()> {
    let cluster = a_cluster();
    let machine = Machine::this(&cluster)?;
    let (mut rows, mut contentions) = (bare(&cluster, BASELINE_SECONDS).await?, Vec::new());
    for scratch in [Scratch::postgres(&cluster), Scratch::sqlite()?] {
        let (measured, contention) = over_http(&scratch).await.with_context(|| format!("Frontrow on {}", scratch.store))?;
        rows.extend(measured);
        contentions.push(contention);
    }
    rows.sort_by_key(|row| row.store);
    let room = room::measure(&cluster).await.context("the waiting room")?;
    let mut bars = bars::judge(&rows, &contentions)?;
    bars.extend(bars::judge_room(&room)?);
    let tables = table::whole(&machine, &rows, &room, &bars);
    println!("{tables}");
    fs::write(JSON, format!("{:#}\n", json::whole(&machine, &rows, &room, &bars))).with_context(|| format!("{JSON} can't be written"))?;
    page::replace_tables(Path::new(PAGE), &tables)
}

/// Starts PostgreSQL with its default settings, except for checkpoints: none is triggered by time or size, as it could fall into one row of
/// the table and not into another.
fn a_cluster() -> Cluster {
    let cluster = Cluster::start(Durability::Disks);
    for statement in ["ALTER SYSTEM SET max_wal_size = '4GB'", "ALTER SYSTEM SET checkpoint_timeout = '15min'", "SELECT pg_reload_conf()"] {
        cluster.sql("postgres", statement);
    }
    cluster
}

async fn bare(cluster: &Cluster, seconds: u32) -> anyhow::Result<Vec<Row>> {
    let mut rows = baselines::postgres::measure(cluster, seconds)?;
    rows.extend(baselines::sqlite::measure(seconds).await.context("the baselines on SQLite")?);
    Ok(rows)
}

/// Serves the hall from a migrated `scratch`, has a crowd buy over each number of connections, then a thousand users request one seat. The
/// invariants must hold afterwards.
async fn over_http(scratch: &Scratch) -> anyhow::Result<(Vec<Row>, Contention)> {
    server::run("migrate", &scratch.url).await?;
    let database = scratch.connect().await?;
    hall::insert_into(&database, scratch.store).await?;
    database.close().await?;
    let mut rows = Vec::new();
    let mut seats = (0..).map(hall::seat);
    for connections in CONNECTIONS {
        let buyers = (0..BUYERS).zip(&mut seats).map(|(number, seat)| Buyer::new(seat, number % 2 == 0)).collect();
        let server = Server::start(&scratch.url, CapacityProfile::Narrow).await?;
        let mut crowd = Crowd { target: Target::new(&server, scratch)?, connections, buyers };
        rows.extend(crowd.register_and_join().await?);
        server.stop().await?;
        let server = Server::start(&scratch.url, CapacityProfile::Wide).await?;
        crowd.target = Target::new(&server, scratch)?;
        rows.extend(crowd.buy().await?);
        server.stop().await?;
    }
    let server = Server::start(&scratch.url, CapacityProfile::Wide).await?;
    let (row, contention) = one_seat::contention(Target::new(&server, scratch)?).await?;
    rows.push(row);
    server.stop().await?;
    let server = Server::start(&scratch.url, CapacityProfile::Guarded).await?;
    rows.extend(flood::flood(Target::new(&server, scratch)?).await.context("the flood")?);
    server.stop().await?;
    server::run("audit", &scratch.url).await?;
    Ok((rows, contention))
}
