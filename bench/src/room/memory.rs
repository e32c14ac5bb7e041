//! The memory that a server has allocated, by the count of its allocator. The resident memory of a process is no substitute: it contains
//! what the allocator keeps for later, which differs from start to start by as much as the waiting room needs.

use std::time::Duration;

use anyhow::Context;

use crate::client::{Client, Headers, request};
use crate::counting::{ALLOCATED, INTERVAL};
use crate::plan::Plan;
use crate::server::Server;

/// The pause before memory is measured: a server releases memory that it needed only briefly.
const SETTLE_TIME: Duration = Duration::from_secs(2);

/// Returns the bytes that a counting `server` has allocated, read once per round.
pub(super) async fn allocated(server: &Server, plan: Plan) -> anyhow::Result<Vec<f64>> {
    tokio::time::sleep(SETTLE_TIME).await;
    let (mut client, mut readings) = (Client::connect(server.address).await?, Vec::new());
    for _ in 0..plan.rounds {
        tokio::time::sleep(2 * INTERVAL).await;
        let page = client.exchange(&request("GET /metrics", Headers::default(), "")).await?;
        readings.push(read(page.body).context("the server does not report its allocated memory")?);
    }
    Ok(readings)
}

fn read(page: &str) -> Option<f64> {
    page.lines().find_map(|line| line.strip_prefix(ALLOCATED)?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allocated_memory_is_read_from_the_metrics() {
        let page = format!("# TYPE {ALLOCATED} gauge\n{ALLOCATED} 1048576\nother 3\n");
        assert_eq!(read(&page), Some(1_048_576.0));
        assert_eq!(read("other 3\n"), None);
    }
}
