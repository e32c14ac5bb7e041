//! The waiting room: who waits and who is in, answered from memory. A read model, filled from the store at the start and kept up
//! to date by what is committed. It decides nothing: a command looks at the rows.

mod line;
mod pace;
mod refusals;

use std::collections::HashSet;
use std::sync::Arc;

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use domain::{Change, Queue, QueueId, QueueToken, TokenId, TokenState, TokenStatus, Version, Versioned};
use time::{Duration, OffsetDateTime};

use crate::Error;
use crate::ports::{Catalogue, Clock, Committed, Observer, Tokens};

use line::Line;
pub use pace::Estimate;
use refusals::Refusals;

/// How long an ended token is remembered after its end; then the store is asked.
const REMEMBER_ENDED: Duration = Duration::minutes(10);
/// How many tokens are read at once when the room is filled.
const FILL_PAGE: u32 = 10_000;

/// Where a token stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The token.
    pub token: QueueToken,
    /// The instant that everything here is told from.
    pub now: OffsetDateTime,
    /// 1 for the next to be admitted; none unless it waits.
    pub position: Option<u64>,
    /// How long it may take; none unless it waits.
    pub estimate: Option<Estimate>,
    /// How long to wait before asking again.
    pub poll_after: Duration,
}

/// How a queue stands.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueFigures {
    /// The queue.
    pub queue: Queue,
    /// How many wait.
    pub waiting: u64,
    /// How many are in.
    pub active: u64,
    /// How many are admitted a minute, as measured; none if it isn't known.
    pub admitted_per_minute: Option<f64>,
}

/// Who waits and who is in.
pub struct WaitingRoom {
    tokens: DashMap<TokenId, Versioned<QueueToken>>,
    lines: DashMap<QueueId, Line>,
    refusals: Refusals,
    store: Arc<dyn Tokens>,
    catalogue: Arc<dyn Catalogue>,
    clock: Arc<dyn Clock>,
}

impl WaitingRoom {
    /// An empty room over the ports that fill it.
    pub fn new(store: Arc<dyn Tokens>, catalogue: Arc<dyn Catalogue>, clock: Arc<dyn Clock>) -> Self {
        Self { tokens: DashMap::new(), lines: DashMap::new(), refusals: Refusals::default(), store, catalogue, clock }
    }

    /// Fills the room with everybody who waits or is in, before the first command runs.
    pub async fn fill(&self) -> Result<(), Error> {
        self.read_live(|_| ()).await
    }

    /// Takes in what may have changed unseen: who is live, and what became of those who aren't any more.
    pub async fn read_anew(&self) -> Result<(), Error> {
        let mut live = HashSet::new();
        self.read_live(|id| {
            live.insert(id);
        })
        .await?;
        let is_live_here = |token: &QueueToken| token.is_live();
        let gone: Vec<TokenId> =
            self.tokens.iter().filter(|token| is_live_here(&token.row) && !live.contains(token.key())).map(|token| *token.key()).collect();
        for id in gone {
            if let Some(token) = self.store.token(id).await? {
                self.keep(&token);
            }
        }
        Ok(())
    }

    async fn read_live(&self, mut seen: impl FnMut(TokenId)) -> Result<(), Error> {
        for queue in self.catalogue.queues().await? {
            let mut after = 0;
            loop {
                let page = self.store.live(queue.id, after, FILL_PAGE).await?;
                let Some(last) = page.last() else { break };
                after = last.number;
                for token in page {
                    seen(token.id);
                    self.keep(&token);
                }
            }
        }
        Ok(())
    }

    /// The instant that the room answers from.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The token, if it is in memory.
    #[must_use]
    pub fn known(&self, id: TokenId) -> Option<QueueToken> {
        self.tokens.get(&id).map(|token| token.row.clone())
    }

    /// The token: from memory, or read from the store once and kept.
    pub async fn find(&self, id: TokenId) -> Result<Option<QueueToken>, Error> {
        if let Some(token) = self.known(id) {
            return Ok(Some(token));
        }
        let Some(token) = self.store.token(id).await? else { return Ok(None) };
        self.keep(&token);
        Ok(Some(token.row))
    }

    /// Where `token` stands.
    #[must_use]
    pub fn place(&self, token: &QueueToken) -> Place {
        let now = self.clock.now();
        let waiting = match token.status(now) {
            TokenStatus::Waiting => self.lines.get(&token.queue).map(|line| {
                let position = line.position(token.number);
                (position, line.pace.estimate(position, now))
            }),
            TokenStatus::Active | TokenStatus::Expired(_) => None,
        };
        let poll_after = waiting.as_ref().map_or(pace::SOONEST_POLL, |(position, estimate)| estimate.poll_after(*position));
        let (position, estimate) = waiting.unzip();
        Place { token: token.clone(), now, position, estimate, poll_after }
    }

    /// How many wait in the queue, as far as is known here.
    #[must_use]
    pub fn waiting(&self, queue: QueueId) -> u64 {
        self.lines.get(&queue).map_or(0, |line| line.waiting())
    }

    /// How the queue stands; none if there is no such queue.
    pub async fn figures(&self, id: QueueId) -> Result<Option<QueueFigures>, Error> {
        let Some(queue) = self.catalogue.queue(id).await? else { return Ok(None) };
        let now = self.clock.now();
        let line = self.lines.get(&id);
        Ok(Some(QueueFigures {
            queue: queue.row,
            waiting: line.as_ref().map_or(0, |line| line.waiting()),
            active: line.as_ref().map_or(0, |line| line.active(now)),
            admitted_per_minute: line.as_ref().and_then(|line| line.pace.per_second(now)).map(|rate| rate * 60.0),
        }))
    }

    /// Whether the store confirmed within the last second that this token doesn't admit.
    #[must_use]
    pub fn was_refused_lately(&self, token: TokenId) -> bool {
        self.refusals.has(token, self.clock.now())
    }

    /// Remembers for a second that the store refused this token.
    pub fn remember_refusal(&self, token: TokenId) {
        self.refusals.remember(token, self.clock.now());
    }

    /// Forgets tokens that ended a while ago, and refusals.
    pub fn tidy(&self) {
        let now = self.clock.now();
        let ended_lately = |token: &QueueToken| token.expires_at().is_none_or(|at| now < at + REMEMBER_ENDED);
        self.tokens.retain(|_, token| ended_lately(&token.row));
        self.refusals.tidy(now);
    }

    /// Takes the token in, unless a newer version is known. The token stays locked until its line has followed, so that two
    /// versions of it reach the line in their order.
    pub fn keep(&self, token: &Versioned<QueueToken>) {
        let mut waited = false;
        let _locked = match self.tokens.entry(token.id) {
            Entry::Occupied(known) if token.version <= known.get().version => return,
            Entry::Occupied(mut known) => {
                waited = known.get().state() == TokenState::Waiting;
                known.insert(token.clone());
                known.into_ref()
            }
            Entry::Vacant(place) => place.insert(token.clone()),
        };
        let mut line = self.lines.entry(token.queue).or_default();
        line.follow(token);
        if let Some(at) = token.activated_at().filter(|_| waited) {
            line.pace.admitted(at);
        }
    }
}

impl Observer for WaitingRoom {
    fn committed(&self, change: &Change, committed: &Committed) {
        if let Some((new, number)) = change.join.clone().zip(committed.number) {
            self.keep(&Versioned::new(Version::FIRST, new.numbered(number)));
        }
        for token in &change.tokens {
            self.keep(&Versioned::new(token.version(), token.row.clone()));
        }
    }

    /// The tokens are read anew by the next who ask for them.
    fn doubtful(&self, change: &Change) {
        for token in &change.tokens {
            self.tokens.remove(&token.row.id);
        }
    }
}

#[cfg(test)]
mod tests;
