//! The crush: a thousand want one seat at once, and one gets it.

use std::time::Instant;

use anyhow::Context;
use hdrhistogram::Histogram;

use crate::buyer::{Buyer, Stage};
use crate::client::Client;
use crate::crowd::Crowd;
use crate::hall::ONE_SEAT;
use crate::row::{Row, Store, What};
use crate::target::Target;

const WANT_IT: usize = 1_000;
/// Over how many they come in.
const CONNECTIONS: usize = 64;

/// How they were answered.
#[derive(Debug)]
pub(crate) struct Contention {
    pub(crate) store: Store,
    pub(crate) created: u32,
    pub(crate) conflicts: u32,
    /// 5xx.
    pub(crate) faults: u32,
    pub(crate) others: u32,
}

/// Lets a thousand in, opens a connection for each, and sends all requests before the first answer is read.
pub(crate) async fn contention(target: Target) -> anyhow::Result<(Row, Contention)> {
    let mut crowd = Crowd { target, connections: CONNECTIONS, buyers: vec![Buyer::new(ONE_SEAT, false); WANT_IT] };
    crowd.line_up().await.context("the thousand who want one seat")?;
    crowd.until_all_are_in().await?;
    let mut clients = Vec::with_capacity(WANT_IT);
    for buyer in &crowd.buyers {
        clients.push((Client::connect(target.address).await?, buyer.asks(Stage::Hold)));
    }

    let (start, before) = (Instant::now(), target.busy()?);
    for (client, request) in &mut clients {
        client.send(request).await?;
    }
    let waiting: Vec<_> = clients.into_iter().map(|(client, _)| tokio::spawn(answer(client, start))).collect();

    let mut contention = Contention { store: target.store, created: 0, conflicts: 0, faults: 0, others: 0 };
    let mut latencies = Histogram::new(3)?;
    for waiting in waiting {
        let (status, micros) = waiting.await??;
        latencies.record(micros)?;
        *match status {
            201 => &mut contention.created,
            409 => &mut contention.conflicts,
            500..=599 => &mut contention.faults,
            _ => &mut contention.others,
        } += 1;
    }
    let a_second = f64::from(u32::try_from(WANT_IT)?) / start.elapsed().as_secs_f64();
    let busy = Some(target.busy()?.saturating_sub(before));
    Ok((Row { store: target.store, what: What::OneSeat, connections: WANT_IT, a_second, latencies, busy }, contention))
}

/// The status, and how many microseconds after the first request was sent it was there.
async fn answer(mut client: Client, start: Instant) -> anyhow::Result<(u16, u64)> {
    let status = client.receive().await?.status;
    Ok((status, u64::try_from(start.elapsed().as_micros())?))
}
