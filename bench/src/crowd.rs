//! A crowd of buyers who go through the stages together; each stage is measured by itself.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::buyer::{Buyer, Stage};
use crate::client::{Client, Headers, request};
use crate::driver::{Load, Turns};
use crate::row::Row;
use crate::target::Target;

/// How long the line may take to empty.
const TIMEOUT: Duration = Duration::from_mins(1);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

pub(crate) struct Crowd {
    pub(crate) target: Target,
    pub(crate) connections: usize,
    pub(crate) buyers: Vec<Buyer>,
}

impl Crowd {
    /// Registers and joins.
    pub(crate) async fn line_up(&mut self) -> anyhow::Result<Vec<Row>> {
        Ok(vec![self.measure(Stage::Register).await?, self.measure(Stage::Join).await?])
    }

    /// Once all are in: charges and holds; then half pay, and half give their seats back.
    pub(crate) async fn buy(&mut self) -> anyhow::Result<Vec<Row>> {
        self.until_all_are_in().await?;
        let mut rows = Vec::new();
        for stage in [Stage::Charge, Stage::Hold, Stage::Pay, Stage::Release] {
            rows.push(self.measure(stage).await?);
        }
        Ok(rows)
    }

    /// Lets every buyer who has come so far do `stage`.
    pub(crate) async fn measure(&mut self, stage: Stage) -> anyhow::Result<Row> {
        let mut able: Vec<&mut Buyer> = self.buyers.iter_mut().filter(|buyer| buyer.can(stage)).collect();
        let requests = able.iter().map(|buyer| buyer.asks(stage)).collect();
        let load = Load { requests, expects: stage.expects(), turns: Turns::Once(|answer| answer.body) };
        let before = self.target.busy()?;
        let driven = load
            .drive(self.target.address, self.connections)
            .await
            .with_context(|| format!("{} on {}", stage.what(), self.target.store))?;
        let busy = self.target.busy()?.saturating_sub(before);
        for (place, body) in &driven.kept {
            able[*place].learn(stage, body)?;
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

    /// Users are let in by number, so the last one's token tells.
    pub(crate) async fn until_all_are_in(&self) -> anyhow::Result<()> {
        let last = self.buyers.iter().max_by_key(|buyer| buyer.number).context("nobody has come")?;
        let me = Headers { jwt: &last.jwt, ..Headers::default() };
        let look = request(&format!("GET /v1/queue-tokens/{}", last.token), me, "");
        let mut client = Client::connect(self.target.address).await?;
        let start = Instant::now();
        while !client.exchange(&look).await?.body.contains(r#""status":"ACTIVE""#) {
            ensure!(start.elapsed() < TIMEOUT, "the line does not empty within {TIMEOUT:?}");
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(())
    }
}
