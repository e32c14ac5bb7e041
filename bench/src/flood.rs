//! The flood: ten times as many clients as the server can carry ask at once and again at once, however they are answered. What is too much is
//! refused; the rest must be served as before.

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

/// As many as the server carries at its best.
const CARRIED: usize = 256;
/// And ten times as many.
const FLOOD: usize = 10 * CARRIED;
/// So many requests under way the server of the flood takes at once.
pub(crate) const IN_FLIGHT: &str = "512";
/// How long each is measured.
const LASTS: Duration = Duration::from_secs(5);

/// What came of one crowd.
struct Answered {
    /// Latencies of what was done, in microseconds.
    done: Histogram<u64>,
    refused: u64,
    a_second: f64,
}

/// Lets as many charge as the server carries, and then ten times as many, each their own wallet, again and again. The rows of what was done.
pub(crate) async fn flood(target: Target) -> anyhow::Result<Vec<Row>> {
    let buyers = (0..).map(hall::seat).take(FLOOD).map(|seat| Buyer::new(seat, false)).collect();
    let mut crowd = Crowd { target, connections: CARRIED, buyers };
    crowd.measure(Stage::Register).await.context("those who flood")?;
    let carried = charge_again_and_again(target, &crowd.buyers[..CARRIED], "carried").await?;
    ensure!(carried.refused == 0, "{} requests were refused of those that can be carried", carried.refused);
    let flooded = charge_again_and_again(target, &crowd.buyers, "flood").await?;
    let row = |what, connections, answered: Answered| {
        eprintln!("{} {what} over {connections}: {:.0} a second, and {} refused", target.store, answered.a_second, answered.refused);
        Row { store: target.store, what, connections, a_second: answered.a_second, latencies: answered.done, busy: None }
    };
    Ok(vec![row(What::Carried, CARRIED, carried), row(What::Flooded, FLOOD, flooded)])
}

async fn charge_again_and_again(target: Target, buyers: &[Buyer], keys: &'static str) -> anyhow::Result<Answered> {
    let all_are_there = Arc::new(Barrier::new(buyers.len()));
    let mut tasks = Vec::with_capacity(buyers.len());
    for buyer in buyers {
        let (client, jwt, all_are_there) = (Client::connect(target.address).await?, buyer.jwt.clone(), all_are_there.clone());
        tasks.push(tokio::spawn(async move {
            all_are_there.wait().await;
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

/// The latencies of a client's charges, and how many were refused.
async fn charges(mut client: Client, jwt: &str, keys: &str) -> anyhow::Result<(Histogram<u64>, u64)> {
    let (mut done, mut refused, end) = (Histogram::new(3)?, 0, Instant::now() + LASTS);
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
            status => anyhow::bail!("a charge is answered {status}: {}", answer.body),
        }
    }
    Ok((done, refused))
}
