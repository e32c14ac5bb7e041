//! Contention for one seat: a thousand users request it at once, and one gets it.

use std::time::Instant;

use anyhow::Context;
use hdrhistogram::Histogram;

use crate::buyer::{Buyer, Stage};
use crate::client::Client;
use crate::crowd::prepare;
use crate::hall::CONTENDED;
use crate::plan::Plan;
use crate::round::Round;
use crate::row::{Rows, Store, What};
use crate::statistics::float;
use crate::target::Target;

const REQUESTS: usize = 1_000;

/// The responses of all rounds, counted by status.
#[derive(Debug)]
pub(crate) struct Contention {
    pub(crate) store: Store,
    pub(crate) rounds: u32,
    pub(crate) created: u32,
    pub(crate) conflicts: u32,
    /// 5xx.
    pub(crate) faults: u32,
    pub(crate) others: u32,
}

/// Has a thousand users request the same seat, another one in each round.
pub(crate) async fn measure(target: &Target, plan: Plan, rows: &mut Rows) -> anyhow::Result<Contention> {
    let mut contention = Contention { store: target.store, rounds: 0, created: 0, conflicts: 0, faults: 0, others: 0 };
    for round in 0..plan.rounds {
        let users = vec![Buyer::new(CONTENDED.seat(round)); REQUESTS];
        let users = prepare(target, &[Stage::Register, Stage::Join], users).await.context("the users who request one seat")?;
        rows.add(target.store, What::OneSeat, REQUESTS, contend(target, &users, &mut contention).await?);
        contention.rounds += 1;
    }
    Ok(contention)
}

/// Opens a connection for each user, and sends all requests before the first response is read.
async fn contend(target: &Target, users: &[Buyer], contention: &mut Contention) -> anyhow::Result<Round> {
    let mut clients = Vec::with_capacity(users.len());
    for (user, address) in users.iter().zip(target.addresses.iter().cycle()) {
        clients.push((Client::connect(*address).await?, user.request(Stage::Hold)));
    }
    let (start, before) = (Instant::now(), target.busy()?);
    for (client, request) in &mut clients {
        client.send(request).await?;
    }
    let waiting: Vec<_> = clients.into_iter().map(|(client, _)| tokio::spawn(answer(client, start))).collect();
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
    let a_second = float(latencies.len()) / start.elapsed().as_secs_f64();
    Ok(Round { a_second, latencies, busy: target.busy()?.since(before) })
}

/// Returns the status, and the microseconds from the first request of all to this response.
async fn answer(mut client: Client, start: Instant) -> anyhow::Result<(u16, u64)> {
    let status = client.receive().await?.status;
    Ok((status, u64::try_from(start.elapsed().as_micros())?))
}
