//! Contention for one seat: a thousand users request it at once, and one gets it.

use std::time::Instant;

use anyhow::Context;
use hdrhistogram::Histogram;

use crate::buyer::{Buyer, Stage};
use crate::client::Client;
use crate::crowd::Crowd;
use crate::hall::ONE_SEAT;
use crate::row::{Row, Store, What};
use crate::target::Target;

const REQUESTS: usize = 1_000;
/// The number of connections over which they join.
const CONNECTIONS: usize = 64;

/// The responses, counted by status.
#[derive(Debug)]
pub(crate) struct Contention {
    pub(crate) store: Store,
    pub(crate) created: u32,
    pub(crate) conflicts: u32,
    /// 5xx.
    pub(crate) faults: u32,
    pub(crate) others: u32,
}

/// Admits a thousand users, opens a connection for each, and sends all requests before the first response is read.
pub(crate) async fn contention(target: Target) -> anyhow::Result<(Row, Contention)> {
    let mut crowd = Crowd { target, connections: CONNECTIONS, buyers: vec![Buyer::new(ONE_SEAT, false); REQUESTS] };
    crowd.register_and_join().await.context("the thousand users who request one seat")?;
    crowd.until_all_are_active().await?;
    let mut clients = Vec::with_capacity(REQUESTS);
    for buyer in &crowd.buyers {
        clients.push((Client::connect(target.address).await?, buyer.request(Stage::Hold)));
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
    let a_second = f64::from(u32::try_from(REQUESTS)?) / start.elapsed().as_secs_f64();
    let busy = Some(target.busy()?.saturating_sub(before));
    Ok((Row { store: target.store, what: What::OneSeat, connections: REQUESTS, a_second, latencies, busy }, contention))
}

/// Returns the status, and the microseconds from the first request of all to this response.
async fn answer(mut client: Client, start: Instant) -> anyhow::Result<(u16, u64)> {
    let status = client.receive().await?.status;
    Ok((status, u64::try_from(start.elapsed().as_micros())?))
}
