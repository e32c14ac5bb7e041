//! Reading the waiting room from the store: completely at the start and after a loss of the log; notices and doubtful tokens periodically.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{QueueToken, TokenDigest, TokenId, Versioned};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::WaitingRoom;
use crate::Error;

/// The number of tokens that are read at once.
const PAGE: u32 = 10_000;
/// The interval between two reads of the queues, of the availabilities, and of doubtful tokens.
const REFRESH: Duration = Duration::from_millis(500);

impl WaitingRoom {
    /// Fills the room with all waiting and active tokens, before the first command runs.
    pub async fn fill(&self) -> Result<(), Error> {
        self.read_live(|_| ()).await?;
        self.tidy();
        self.refresh().await
    }

    /// Reads all live tokens again, after changes that were not applied. Tokens that are no longer live are removed; the next request reads
    /// them.
    pub(super) async fn reload_live(&self) -> Result<(), Error> {
        self.readings.fetch_add(1, Ordering::AcqRel);
        let mut live = HashSet::new();
        // Tokens that join during the read may be missing in it, and must not be removed.
        let before = self.tokens.live();
        self.read_live(|digest| {
            live.insert(digest);
        })
        .await?;
        let ended: BTreeSet<TokenDigest> = before.into_iter().filter(|digest| !live.contains(digest)).collect();
        for digest in ended {
            self.forget(digest);
        }
        Ok(())
    }

    /// Reads the token from the store and keeps it.
    pub(super) async fn read(&self, id: TokenId) -> Result<Option<Versioned<QueueToken>>, Error> {
        loop {
            let reading = self.readings.load(Ordering::Acquire);
            let token = self.store.token(id).await?;
            // If the room was rebuilt meanwhile, the token may have ended unnoticed.
            if self.readings.load(Ordering::Acquire) == reading {
                if let Some(token) = &token {
                    self.meet(token);
                }
                return Ok(token);
            }
        }
    }

    async fn read_live(&self, mut seen: impl FnMut(TokenDigest)) -> Result<(), Error> {
        for queue in self.notices.read_queues().await? {
            let mut after = 0;
            loop {
                let page = self.store.live(queue, after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = last.number();
                for token in page {
                    seen(token.id().digest());
                    self.meet(&token);
                }
            }
        }
        Ok(())
    }

    /// Refreshes the notices until `stop` is cancelled.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut ticks = interval(REFRESH);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.refresh().await {
                tracing::error!(error = &error as &dyn std::error::Error, "the waiting room can't be refreshed");
            }
        }
    }

    /// Reads the doubtful tokens, the queues and their policies, and the availability of the concerts that users wait for.
    pub async fn refresh(&self) -> Result<(), Error> {
        let mut doubtful = std::mem::take(&mut *self.doubtful_tokens()).into_iter();
        while let Some(id) = doubtful.next() {
            if let Err(error) = self.read(id).await {
                self.doubtful_tokens().extend(doubtful.chain([id]));
                return Err(error);
            }
        }
        self.notices.read_queues().await?;
        self.notices.refresh_sales(&self.tokens.concerts()).await
    }

    pub(super) fn doubtful_tokens(&self) -> MutexGuard<'_, BTreeSet<TokenId>> {
        self.doubtful_tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
