//! The waiting room: who waits and who is in, answered from memory. A read model, filled from the store at the start and kept up
//! to date by what is committed. It decides nothing: a command looks at the rows.
//!
//! ```text
//!   commits of this process ──► Observer ─┐
//!   those of others ──► Follower ─────────┼─► keep ─► tokens ─► lines (positions, pace) ─► listeners (event streams)
//!   a token never met ──► the store, once ┘
//!   queues, seats left ──► refresh, now and then ─► notices
//! ```

mod estimate;
mod line;
mod listeners;
mod notices;
mod pace;
mod refusals;
mod tokens;
mod told;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dashmap::DashMap;
use domain::{Availability, Change, Queue, QueueId, QueuePolicy, QueueToken, TokenId, TokenStatus, Version, Versioned};
use time::{Duration, OffsetDateTime};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::ports::{Catalogue, Clock, Committed, Observer, Tokens};
use crate::{Error, SeatMaps};

use estimate::{LATEST_POLL, Policy, poll_after};
use line::Line;
use listeners::Listeners;
use notices::Notices;
use refusals::Refusals;
use tokens::KnownTokens;

pub use estimate::Estimate;
pub use listeners::Listener;

/// How long an ended token is remembered after its end; then the store is asked.
const REMEMBER_ENDED: Duration = Duration::minutes(10);
/// How many tokens are read at once when the room is filled.
const FILL_PAGE: u32 = 10_000;
/// Between two looks at the queues, and at what is left to be sold.
const REFRESH: std::time::Duration = std::time::Duration::from_millis(500);

/// Where a token stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The token.
    pub token: QueueToken,
    /// The instant that everything here is told from.
    pub now: OffsetDateTime,
    /// 1 for the next to be admitted; none unless it waits.
    pub position: Option<u64>,
    /// How long it may take; none unless it waits, or if it isn't known.
    pub estimate: Option<Estimate>,
    /// How much is left of the concert for which its user joined; none if they named none, or if it isn't known yet.
    pub availability: Option<Availability>,
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
    /// How many are admitted a minute into places that fell free, as measured; none if it isn't known.
    pub admitted_per_minute: Option<f64>,
    /// How long it may take who joins now; none if it isn't known.
    pub estimate: Option<Estimate>,
}

/// What a waiting room is made of.
pub struct Parts {
    /// Where tokens are read that the room hasn't met.
    pub tokens: Arc<dyn Tokens>,
    /// Where the queues are read.
    pub catalogue: Arc<dyn Catalogue>,
    /// Where the seats are counted.
    pub seat_maps: Arc<SeatMaps>,
    /// The store's clock.
    pub clock: Arc<dyn Clock>,
    /// The policy of queues that set none.
    pub policy: QueuePolicy,
    /// Between two admissions.
    pub tick: Duration,
}

/// Who waits and who is in.
pub struct WaitingRoom {
    tokens: KnownTokens,
    lines: DashMap<QueueId, Line>,
    notices: Notices,
    listeners: Arc<Listeners>,
    refusals: Refusals,
    /// Tokens whose rows may be other than what is known here: they are read again.
    unsure: Mutex<HashSet<TokenId>>,
    store: Arc<dyn Tokens>,
    clock: Arc<dyn Clock>,
    policy: QueuePolicy,
    tick: Duration,
}

impl WaitingRoom {
    /// An empty room of `parts`.
    pub fn new(parts: Parts) -> Self {
        let Parts { tokens, catalogue, seat_maps, clock, policy, tick } = parts;
        told::announce();
        Self {
            tokens: KnownTokens::new(),
            lines: DashMap::new(),
            notices: Notices::new(catalogue, seat_maps, clock.clone()),
            listeners: Arc::default(),
            refusals: Refusals::default(),
            unsure: Mutex::default(),
            store: tokens,
            clock,
            policy,
            tick,
        }
    }

    /// Fills the room with everybody who waits or is in, before the first command runs.
    pub async fn fill(&self) -> Result<(), Error> {
        self.read_live(|_| ()).await?;
        self.tidy();
        self.refresh().await
    }

    /// Takes in what may have changed unseen: who is live. Who isn't any more is forgotten, and read by the next who asks.
    pub async fn read_anew(&self) -> Result<(), Error> {
        let mut live = HashSet::new();
        // Who comes while the store is read isn't missing in it.
        let before = self.tokens.live_beside(&HashSet::new());
        self.read_live(|id| {
            live.insert(id);
        })
        .await?;
        for id in before.into_iter().filter(|id| !live.contains(id)) {
            self.forget(id);
        }
        Ok(())
    }

    async fn read_live(&self, mut seen: impl FnMut(TokenId)) -> Result<(), Error> {
        for queue in self.notices.read_queues().await? {
            let mut after = 0;
            loop {
                let page = self.store.live(queue, after, FILL_PAGE).await?;
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

    /// Reads which queues there are and how they admit, counts what is left of what people wait for, and reads again what is unsure.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.notices.read_queues().await?;
        self.notices.count_seats(self.tokens.concerts()).await?;
        let mut unsure = std::mem::take(&mut *self.unsure()).into_iter();
        while let Some(id) = unsure.next() {
            match self.store.token(id).await {
                Ok(token) => token.iter().for_each(|token| self.keep(token)),
                Err(error) => {
                    self.unsure().extend(unsure.chain([id]));
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    fn unsure(&self) -> MutexGuard<'_, HashSet<TokenId>> {
        self.unsure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The instant that the room answers from.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The token, if it is in memory.
    #[must_use]
    pub fn known(&self, id: TokenId) -> Option<QueueToken> {
        self.tokens.get(id).map(|token| token.row)
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
        let availability = token.concert.and_then(|concert| self.notices.availability(concert));
        let place = |position, estimate, poll_after| Place { token: token.clone(), now, position, estimate, availability, poll_after };
        match token.status(now) {
            TokenStatus::Waiting => {
                let sold_out = availability == Some(Availability::SoldOut) && token.queue != Queue::DEFAULT;
                let policy = if sold_out { None } else { self.policy(token.queue) };
                let line = self.lines.get(&token.queue);
                let position = line.as_ref().map_or(1, |line| line.position(token.number));
                let estimate = line.and_then(|line| line.estimate(position, policy, now));
                place(Some(position), estimate, poll_after(token.id, position, estimate))
            }
            TokenStatus::Active | TokenStatus::Expired(_) => place(None, None, LATEST_POLL),
        }
    }

    /// How the queue admits; none if it doesn't, or if there is no such queue.
    fn policy(&self, id: QueueId) -> Option<Policy> {
        let queue = self.notices.queue(id).filter(|queue| queue.state.lets_through())?;
        let QueuePolicy { capacity, batch, .. } = queue.policy(&self.policy);
        Some(Policy { capacity: capacity.into(), batch: batch.into(), tick: self.tick })
    }

    /// Listens to what becomes of a token.
    #[must_use]
    pub fn listen(&self, id: TokenId) -> Listener {
        self.listeners.add(id)
    }

    /// How many wait in the queue, as far as is known here.
    #[must_use]
    pub fn waiting(&self, queue: QueueId) -> u64 {
        self.lines.get(&queue).map_or(0, |line| line.waiting())
    }

    /// How the queue stands; none if there is no such queue, as far as is known here.
    #[must_use]
    pub fn figures(&self, id: QueueId) -> Option<QueueFigures> {
        let queue = self.notices.queue(id)?;
        let (now, policy, line) = (self.clock.now(), self.policy(id), self.lines.get(&id));
        let waiting = line.as_ref().map_or(0, |line| line.waiting());
        Some(QueueFigures {
            queue: queue.row.clone(),
            waiting,
            active: line.as_ref().map_or(0, |line| line.active(now)),
            admitted_per_minute: line.as_ref().and_then(|line| line.admitted_per_second(now)).map(|rate| rate * 60.0),
            estimate: line.and_then(|line| line.estimate(waiting + 1, policy, now)),
        })
    }

    /// The next instant at which an admission ends by its deadline in a queue where somebody waits.
    #[must_use]
    pub fn next_lapse(&self) -> Option<(OffsetDateTime, QueueId)> {
        let now = self.clock.now();
        let lapses = self.lines.iter().filter(|line| line.waiting() > 0);
        lapses.filter_map(|line| Some((line.next_deadline(now)?, *line.key()))).min()
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
        self.tokens.forget_ended(|token| token.expires_at().is_none_or(|at| now < at + REMEMBER_ENDED));
        self.lines.iter_mut().for_each(|mut line| line.tidy());
        self.refusals.tidy(now);
    }

    /// Takes the token in, unless a newer version is known, and tells those who listen.
    pub fn keep(&self, token: &Versioned<QueueToken>) {
        if self.tokens.keep(token, |before| self.lines.entry(token.queue).or_default().follow(token, before)) {
            self.listeners.ring(token.id);
        }
    }

    fn forget(&self, id: TokenId) {
        self.tokens.forget(id, |token| {
            if let Some(mut line) = self.lines.get_mut(&token.queue) {
                line.forget(token);
            }
        });
        self.listeners.ring(id);
    }

    /// Takes in who has just joined, and remembers what they are told.
    fn welcome(&self, token: QueueToken) {
        let number = token.number;
        let token = Versioned::new(Version::FIRST, token);
        self.keep(&token);
        let Place { now, estimate, .. } = self.place(&token);
        if let Some(mut line) = self.lines.get_mut(&token.queue) {
            line.tell(number, estimate, now);
        }
    }
}

impl Observer for WaitingRoom {
    fn committed(&self, change: &Change, committed: &Committed) {
        for token in &change.tokens {
            self.keep(&Versioned::new(token.version(), token.row.clone()));
        }
        if let Some((new, number)) = change.join.clone().zip(committed.number) {
            self.welcome(new.numbered(number));
        }
    }

    /// The tokens are read again a moment later.
    fn doubtful(&self, change: &Change) {
        let joined = change.join.as_ref().map(|new| new.id);
        self.unsure().extend(change.tokens.iter().map(|token| token.row.id).chain(joined));
    }
}

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod tests;
