//! The follower: updates the read models with the commits of other processes. Commits of this process are applied at once, and once more by
//! the follower, so that the result of a commit with an unknown outcome, and any other missed change, is applied eventually.
//!
//! However far it is behind, it reads each group once, page by page. Only if the log no longer has the next group are the read models read
//! from the store again.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::ports::{Log, Position};
use crate::read_model::ReadModel;

/// The number of groups of commits that are read at once.
const PAGE: u32 = 500;
/// The pauses after the first and after later rebuilds of the read models without a page read in between: each reads all live rows.
const PAUSES: RangeInclusive<Duration> = Duration::from_millis(500)..=Duration::from_secs(2);

/// A reader of the log of a store that several processes share.
pub struct Follower {
    log: Arc<dyn Log>,
    read_models: Vec<Arc<dyn ReadModel>>,
    every: Duration,
    /// The position up to which the log was read; none: the read models must be rebuilt.
    position: Option<Position>,
    /// After a rebuild, until a page was read after it: the earliest time of the next one, and the pause before the one after that.
    retry: Option<(Instant, Duration)>,
}

impl Follower {
    /// Starts at the current end of `log`. The `read_models` must read from the store only after this call.
    pub async fn start(log: Arc<dyn Log>, read_models: Vec<Arc<dyn ReadModel>>, every: Duration) -> Result<Self, Error> {
        let position = Some(log.extent().await?.end);
        Ok(Self { log, read_models, every, position, retry: None })
    }

    /// Follows the log until `stop` is cancelled.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut ticks = interval(self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            // A shutdown doesn't wait until everything is read.
            let Some(followed) = stop.run_until_cancelled(self.follow()).await else { return };
            if let Err(error) = followed {
                tracing::error!(error = &error as &dyn std::error::Error, "the event log can't be followed");
            }
        }
    }

    /// Applies the rows committed since the last call, page by page.
    pub async fn follow(&mut self) -> Result<(), Error> {
        loop {
            let Some(position) = self.position else { return self.retry_reload().await };
            let page = match self.log.rows(position, PAGE).await {
                Ok(Some(page)) => page,
                // The rows after this position can't be read, now or later.
                Ok(None) => return self.reload().await,
                Err(error) if !error.is_transient() => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the event log has unreadable rows");
                    return self.retry_reload().await;
                }
                Err(error) => return Err(error.into()),
            };
            for row in page.items {
                for read_model in &self.read_models {
                    read_model.apply(row.clone());
                }
            }
            self.position = Some(page.position);
            self.retry = None;
            if page.position >= page.end {
                return Ok(());
            }
        }
    }

    /// Rebuilds the read models, unless they were rebuilt, or should have been, a moment ago.
    async fn retry_reload(&mut self) -> Result<(), Error> {
        if self.retry.is_some_and(|(at, _)| Instant::now() < at) { Ok(()) } else { self.reload().await }
    }

    async fn reload(&mut self) -> Result<(), Error> {
        tracing::warn!("the event log can't be continued from the last position: the read models are rebuilt");
        self.position = None;
        let rebuilt = self.rebuild().await;
        let pause = self.retry.map_or(*PAUSES.start(), |(_, pause)| pause);
        self.retry = Some((Instant::now() + pause, (pause * 2).min(*PAUSES.end())));
        rebuilt
    }

    async fn rebuild(&mut self) -> Result<(), Error> {
        let position = self.log.extent().await?.end;
        for read_model in &self.read_models {
            read_model.reload().await?;
        }
        self.position = Some(position);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
