//! The follower: keeps the read models up to date with what other processes commit. What this one commits comes to them at once, and once more
//! here: so what became of a commit of unknown outcome, and whatever else was missed, is known in the end.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::ports::{Log, Position};
use crate::read_model::ReadModel;

/// How many groups of commits are read at once.
const PAGE: u32 = 500;

/// Follows the log of a store that several processes serve.
pub struct Follower {
    log: Arc<dyn Log>,
    read_models: Vec<Arc<dyn ReadModel>>,
    every: Duration,
    /// Up to where the log was read; none: everything must be read anew.
    position: Option<Position>,
}

impl Follower {
    /// Follows `log` from now on. What `read_models` read from the store they must read after this.
    pub async fn start(log: Arc<dyn Log>, read_models: Vec<Arc<dyn ReadModel>>, every: Duration) -> Result<Self, Error> {
        let position = Some(log.extent().await?.end);
        Ok(Self { log, read_models, every, position })
    }

    /// Follows until it is told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut ticks = interval(self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.follow().await {
                tracing::error!(error = &error as &dyn std::error::Error, "the event log can't be followed");
            }
        }
    }

    /// Takes in what was committed since the last time, page by page.
    pub async fn follow(&mut self) -> Result<(), Error> {
        loop {
            let Some(position) = self.position else { return self.read_anew().await };
            let page = match self.log.rows(position, PAGE).await {
                Ok(Some(page)) => page,
                // What follows can't be read, now or ever.
                Ok(None) => return self.read_anew().await,
                Err(error) if !error.is_transient() => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the event log has rows that can't be read");
                    return self.read_anew().await;
                }
                Err(error) => return Err(error.into()),
            };
            for row in page.items {
                for read_model in &self.read_models {
                    read_model.apply(row.clone());
                }
            }
            self.position = Some(page.position);
            if page.position >= page.end {
                return Ok(());
            }
        }
    }

    async fn read_anew(&mut self) -> Result<(), Error> {
        tracing::warn!("the event log does not go on where it was read: everything is read anew");
        self.position = None;
        let position = self.log.extent().await?.end;
        for read_model in &self.read_models {
            read_model.read_anew().await?;
        }
        self.position = Some(position);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
