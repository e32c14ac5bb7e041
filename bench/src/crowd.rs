//! A crowd of buyers who go through the stages together; each stage is measured separately.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::buyer::{Buyer, Stage};
use crate::client::{Client, Headers, request};
use crate::driver::{Load, Turns};
use crate::row::Row;
use crate::target::Target;

/// How long the admission of all buyers may take.
const TIMEOUT: Duration = Duration::from_mins(1);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

pub(crate) struct Crowd {
    pub(crate) target: Target,
    pub(crate) connections: usize,
    pub(crate) buyers: Vec<Buyer>,
}

impl Crowd {
    /// Registers the buyers, who then join the queue.
    pub(crate) async fn register_and_join(&mut self) -> anyhow::Result<Vec<Row>> {
        Ok(vec![self.measure(Stage::Register).await?, self.measure(Stage::Join).await?])
    }

    /// Once all buyers are active: charges and holds; then half of them pay, and the other half release their seats.
    pub(crate) async fn buy(&mut self) -> anyhow::Result<Vec<Row>> {
        self.until_all_are_active().await?;
        let mut rows = Vec::new();
        for stage in [Stage::Charge, Stage::Hold, Stage::Pay, Stage::Release] {
            rows.push(self.measure(stage).await?);
        }
        Ok(rows)
    }

    /// Measures `stage` with every buyer who can do it.
    pub(crate) async fn measure(&mut self, stage: Stage) -> anyhow::Result<Row> {
        let mut able: Vec<&mut Buyer> = self.buyers.iter_mut().filter(|buyer| buyer.can(stage)).collect();
        let requests = able.iter().map(|buyer| buyer.request(stage)).collect();
        let load = Load { requests, expects: stage.expects(), turns: Turns::Once(|answer| answer.body) };
        let before = self.target.busy()?;
        let driven = load
            .drive(self.target.address, self.connections)
            .await
            .with_context(|| format!("{} on {}", stage.what(), self.target.store))?;
        let busy = self.target.busy()?.saturating_sub(before);
        for (place, body) in &driven.kept {
            able[*place].record(stage, body)?;
        }
        let row = Row {
            store: self.target.store,
            what: stage.what(),
            connections: self.connections,
            a_second: driven.a_second,
            latencies: driven.latencies,
            busy: Some(busy),
        };
        eprintln!("{} {} over {}: {:.0} a second, {} in all", row.store, row.what, row.connections, row.a_second, row.latencies.len());
        Ok(row)
    }

    /// Waits until all buyers are active. Users are admitted by number, so it polls the last one's token.
    pub(crate) async fn until_all_are_active(&self) -> anyhow::Result<()> {
        let last = self.buyers.iter().max_by_key(|buyer| buyer.number).context("no buyer has joined")?;
        let me = Headers { jwt: &last.jwt, ..Headers::default() };
        let poll = request(&format!("GET /v1/queue-tokens/{}", last.token), me, "");
        let mut client = Client::connect(self.target.address).await?;
        let start = Instant::now();
        while !client.exchange(&poll).await?.body.contains(r#""status":"ACTIVE""#) {
            ensure!(start.elapsed() < TIMEOUT, "not all buyers are active within {TIMEOUT:?}");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }
}
