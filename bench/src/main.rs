//! Measures Frontrow over HTTP beside a bare loop on the same store, in one run: absolute figures on a shared machine mean
//! little, the ratios hold.
//!
//! The server is the release binary on an SQLite file, with every guarantee on: authentication, idempotency, outbox, durable
//! commits. The bare loop writes the rows of one hold in a plain transaction each, with the same durability, without HTTP.

mod bare;
mod client;
mod crowd;
mod server;
mod table;

use anyhow::Context;
use tempfile::TempDir;

use crowd::Crowd;

/// How many connections the driver keeps busy, run by run.
const CONNECTIONS: [usize; 2] = [64, 256];
/// How many requests of each sort a run sends. All runs together fit into the arena's 15,000 seats.
const REQUESTS: usize = 7_000;
/// How many transactions the bare loop does.
const BARE_TRANSACTIONS: u32 = 2_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let mut rows = vec![bare::hold_loop(&folder.path().join("bare.db"), BARE_TRANSACTIONS).await.context("the bare loop")?];
    let baseline = rows[0].a_second();

    let server = server::Server::start(&folder.path().join("frontrow.db")).await?;
    let mut first_seat = 1;
    for connections in CONNECTIONS {
        let mut crowd = Crowd::new(server.address, connections, REQUESTS, first_seat);
        rows.extend(crowd.play().await?);
        first_seat += u32::try_from(REQUESTS)?;
    }
    println!("{}", table::render(&rows, baseline));
    Ok(())
}
