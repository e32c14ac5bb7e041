//! The flood: ten times as many clients as the server can handle send requests concurrently, each the next one right after any response.
//! The excess is refused; the rest must be served as before.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use hdrhistogram::Histogram;
use tokio::sync::Barrier;

use crate::buyer::{Buyer, Stage};
use crate::client::{Client, Headers, request};
use crate::crowd::Crowd;
use crate::hall;
use crate::row::{Row, What};
use crate::target::Target;

/// The number of clients that the server can handle.
const CARRIED: usize = 256;
/// Ten times as many.
const FLOOD: usize = 10 * CARRIED;
/// How long each load is measured.
const DURATION: Duration = Duration::from_secs(5);

/// The results of one load.
struct Answered {
    /// Latencies of the completed charges, in microseconds.
    done: Histogram<u64>,
    refused: u64,
    a_second: f64,
}

/// Has as many clients as the server can handle charge their wallets repeatedly, then ten times as many. Returns the rows of completed
/// charges.
pub(crate) async fn flood(target: Target) -> anyhow::Result<Vec<Row>> {
    let buyers = (0..).map(hall::seat).take(FLOOD).map(|seat| Buyer::new(seat, false)).collect();
    let mut crowd = Crowd { target, connections: CARRIED, buyers };
    crowd.measure(Stage::Register).await.context("the users of the flood")?;
    let carried = charge_repeatedly(target, &crowd.buyers[..CARRIED], "carried").await?;
    ensure!(carried.refused == 0, "{} requests were refused without a flood", carried.refused);
    let flooded = charge_repeatedly(target, &crowd.buyers, "flood").await?;
    let row = |what, connections, answered: Answered| {
        eprintln!("{} {what} over {connections}: {:.0} a second, and {} refused", target.store, answered.a_second, answered.refused);
        Row { store: target.store, what, connections, a_second: answered.a_second, latencies: answered.done, busy: None }
    };
    Ok(vec![row(What::Carried, CARRIED, carried), row(What::Flooded, FLOOD, flooded)])
}

async fn charge_repeatedly(target: Target, buyers: &[Buyer], keys: &'static str) -> anyhow::Result<Answered> {
    let start_together = Arc::new(Barrier::new(buyers.len()));
    let mut tasks = Vec::with_capacity(buyers.len());
    for buyer in buyers {
        let (client, jwt, start_together) = (Client::connect(target.address).await?, buyer.jwt.clone(), start_together.clone());
        tasks.push(tokio::spawn(async move {
            start_together.wait().await;
            charges(client, &jwt, keys).await
        }));
    }
    let start = Instant::now();
    let (mut done, mut refused) = (Histogram::new(3)?, 0);
    for task in tasks {
        let (mine, mine_refused) = task.await??;
        done.add(mine)?;
        refused += mine_refused;
    }
    let a_second = f64::from(u32::try_from(done.len())?) / start.elapsed().as_secs_f64();
    Ok(Answered { done, refused, a_second })
}

/// Returns the latencies of a client's charges, and how many were refused.
async fn charges(mut client: Client, jwt: &str, keys: &str) -> anyhow::Result<(Histogram<u64>, u64)> {
    let (mut done, mut refused, end) = (Histogram::new(3)?, 0, Instant::now() + DURATION);
    for number in 0_u64.. {
        let begin = Instant::now();
        if begin >= end {
            break;
        }
        let key = format!("{keys}-{number}");
        let charge = request(
            "POST /v1/wallet/charges",
            Headers { jwt, key: &key, ..Headers::default() },
            r#"{"amount":{"amount":1,"currency":"KRW"}}"#,
        );
        let answer = client.exchange(&charge).await?;
        match answer.status {
            201 => done.record(u64::try_from(begin.elapsed().as_micros())?)?,
            503 if answer.body.contains("OVERLOADED") => refused += 1,
            status => anyhow::bail!("a charge got the response {status}: {}", answer.body),
        }
    }
    Ok((done, refused))
}
