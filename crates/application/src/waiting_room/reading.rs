//! How the room is read from the store: whole at the start and when the log was lost; its notices, and what is unsure, now and then.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{QueueToken, TokenDigest, TokenId, Versioned};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::WaitingRoom;
use crate::Error;

/// How many tokens are read at once.
const PAGE: u32 = 10_000;
/// Between two looks at the queues, at what is left to be sold, and at what is unsure.
const REFRESH: Duration = Duration::from_millis(500);

impl WaitingRoom {
    /// Fills the room with everybody who waits or is in, before the first command runs.
    pub async fn fill(&self) -> Result<(), Error> {
        self.read_live(|_| ()).await?;
        self.tidy();
        self.refresh().await
    }

    /// Takes in what may have changed unseen: who is live. Who isn't any more is forgotten, and read by the next who asks.
    pub(super) async fn read_live_anew(&self) -> Result<(), Error> {
        self.readings.fetch_add(1, Ordering::AcqRel);
        let mut live = HashSet::new();
        // Who comes while the store is read isn't missing in it.
        let before = self.tokens.live_beside(&HashSet::new());
        self.read_live(|digest| {
            live.insert(digest);
        })
        .await?;
        let gone: BTreeSet<TokenDigest> = before.into_iter().filter(|digest| !live.contains(digest)).collect();
        for digest in gone {
            self.forget(digest);
        }
        Ok(())
    }

    /// The token as it is in the store, which is kept.
    pub(super) async fn read(&self, id: TokenId) -> Result<Option<Versioned<QueueToken>>, Error> {
        loop {
            let reading = self.readings.load(Ordering::Acquire);
            let token = self.store.token(id).await?;
            // Whether it has ended meanwhile is not told any more to a room that was read anew.
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

    /// Keeps the notices fresh until it is told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut ticks = interval(REFRESH);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.refresh().await {
                tracing::error!(error = &error as &dyn std::error::Error, "the waiting room's notices are old");
            }
        }
    }

    /// Reads again what is unsure, and which queues there are and how they admit; looks at what is left of what users wait for.
    pub async fn refresh(&self) -> Result<(), Error> {
        let mut unsure = std::mem::take(&mut *self.unsure()).into_iter();
        while let Some(id) = unsure.next() {
            if let Err(error) = self.read(id).await {
                self.unsure().extend(unsure.chain([id]));
                return Err(error);
            }
        }
        self.notices.read_queues().await?;
        self.notices.look_at_sales(&self.tokens.concerts()).await
    }

    pub(super) fn unsure(&self) -> MutexGuard<'_, BTreeSet<TokenId>> {
        self.unsure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
