//! Reading the waiting room from the store: completely at the start and after a loss of the log; tokens that aren't in memory when they are
//! requested; doubtful tokens periodically.

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
/// The number of doubtful tokens that are read at once.
const MAX_DOUBTFUL: usize = 4_096;
/// The interval between two refreshes of the availabilities, and of doubtful rows.
const REFRESH: Duration = Duration::from_millis(500);

impl WaitingRoom {
    /// Fills the room with all waiting and active tokens, before the first command runs.
    pub async fn fill(&self) -> Result<(), Error> {
        self.notices.refresh_catalogue().await?;
        self.read_live(|_| ()).await?;
        self.tidy();
        self.refresh().await
    }

    /// Reads all live tokens again, after changes that were not applied. Tokens that are no longer live are removed; the next request reads
    /// them.
    pub(super) async fn reload_live(&self) -> Result<(), Error> {
        self.readings.fetch_add(1, Ordering::AcqRel);
        self.unknown.clear();
        self.notices.refresh_catalogue().await?;
        self.queue_changes.notify_all();
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

    /// Reads tokens from the store, and keeps them and which ones don't exist.
    pub(super) async fn read(&self, ids: Vec<TokenId>) -> Result<Vec<Versioned<QueueToken>>, Error> {
        loop {
            let reading = self.readings.load(Ordering::Acquire);
            let tokens = self.store.tokens(&ids).await?;
            // If the room was rebuilt meanwhile, or a token ended and was removed from memory, the rows may be outdated.
            let is_outdated = |token: &Versioned<QueueToken>| token.is_live() && self.tombstones.has(token.id().digest());
            if self.readings.load(Ordering::Acquire) == reading && !tokens.iter().any(is_outdated) {
                for token in &tokens {
                    self.meet(token);
                }
                let found: HashSet<TokenId> = tokens.iter().map(|token| token.id()).collect();
                let now = self.now();
                ids.iter().filter(|id| !found.contains(id)).for_each(|id| self.unknown.add(*id, now));
                return Ok(tokens);
            }
        }
    }

    async fn read_live(&self, mut seen: impl FnMut(TokenDigest)) -> Result<(), Error> {
        for queue in self.notices.queues() {
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

    /// Refreshes the notices and doubtful rows until `stop` is cancelled.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        // Separately, since the seats of large schedules may take long to read.
        tokio::join!(repeat(&stop, || self.refresh_doubtful()), repeat(&stop, || self.refresh_sales()));
    }

    /// Reads the doubtful tokens and the doubtful rows of the catalogue, and refreshes the availability of the concerts that users wait for.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.refresh_doubtful().await?;
        self.refresh_sales().await
    }

    async fn refresh_doubtful(&self) -> Result<(), Error> {
        let tokens = self.read_doubtful_tokens().await;
        self.notices.refresh_catalogue().await?;
        tokens
    }

    /// Reads the doubtful tokens, some at a time; those that can't be read remain doubtful.
    async fn read_doubtful_tokens(&self) -> Result<(), Error> {
        let doubtful: Vec<TokenId> = std::mem::take(&mut *self.doubtful_tokens()).into_iter().collect();
        let mut result = Ok(());
        for some in doubtful.chunks(MAX_DOUBTFUL) {
            if let Err(error) = self.read(some.to_vec()).await {
                self.doubtful_tokens().extend(some);
                result = Err(error);
            }
        }
        result
    }

    async fn refresh_sales(&self) -> Result<(), Error> {
        self.notices.refresh_sales(&self.tokens.concerts()).await
    }

    pub(super) fn doubtful_tokens(&self) -> MutexGuard<'_, BTreeSet<TokenId>> {
        self.doubtful_tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refreshes a part of the waiting room until `stop` is cancelled.
async fn repeat<F: Future<Output = Result<(), Error>>>(stop: &CancellationToken, refresh: impl Fn() -> F) {
    let mut ticks = interval(REFRESH);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = refresh().await {
            tracing::error!(error = &error as &dyn std::error::Error, "the waiting room can't be refreshed");
        }
    }
}
