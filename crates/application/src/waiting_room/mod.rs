//! The waiting room: the waiting and active users in memory. It is a read model, filled from the store at the start and updated by commits.
//! It makes no decisions: commands read the rows. The scheduler uses it to find the queues that may need a tick.
//!
//! ```text
//!   commits of this process ──► Observer ─┐
//!   all commits ──► Follower ─────────────┼─► apply ─► tokens ─► lines (positions, pace) ─► listeners (event streams)
//!   an unknown token ──► look-up ─────────┘
//!   catalogue, available seats ──► periodic refresh ─► notices
//! ```

mod board;
mod departures;
mod ended_tokens;
mod estimate;
mod estimate_samples;
mod listeners;
mod look_ups;
mod measures;
mod notices;
mod pace;
mod queue_news;
mod reading;
mod refusals;
mod token_position;
mod tokens;
mod tombstones;
mod unknown_tokens;
mod waiting_queue;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use dashmap::DashMap;
use domain::{Change, LoggedRow, LoggedToken, NewToken, Queue, QueueId, QueuePolicy, QueueToken, TokenDigest, TokenId, Versioned};
use time::{Duration, OffsetDateTime};

use crate::memory::{MemoryLimits, MemoryMetrics};
use crate::ports::{Clock, Committed, Observer, Tokens};
use crate::{CatalogueModel, Error, ReadModel, SeatMaps};

use ended_tokens::EndedTokens;
use listeners::Listeners;
use look_ups::LookUps;
use notices::Notices;
use queue_news::QueueChanges;
use refusals::Refusals;
use tokens::KnownTokens;
use tombstones::Tombstones;
use unknown_tokens::UnknownTokens;
use waiting_queue::WaitingQueue;

pub use board::Board;
pub use departures::{DepartureRanges, Departures};
pub use estimate::Estimate;
pub use listeners::Listener;
pub use queue_news::QueueNews;
pub use token_position::{QueueFigures, TokenView};

/// The dependencies of a waiting room.
pub struct Parts {
    /// The source of tokens that are not in memory.
    pub tokens: Arc<dyn Tokens>,
    /// The source of queues, concerts and schedules.
    pub catalogue: Arc<CatalogueModel>,
    /// The source of the numbers of available seats.
    pub seat_maps: Arc<SeatMaps>,
    /// The store's clock.
    pub clock: Arc<dyn Clock>,
    /// The policy of queues without a policy of their own.
    pub policy: QueuePolicy,
    /// The interval between two ticks.
    pub tick: Duration,
    /// The limits of memory for tokens that aren't live.
    pub memory: MemoryLimits,
}

/// The waiting and active users.
pub struct WaitingRoom {
    tokens: KnownTokens,
    ended: EndedTokens,
    tombstones: Tombstones,
    unknown: UnknownTokens,
    look_ups: LookUps,
    lines: DashMap<QueueId, WaitingQueue>,
    notices: Notices,
    listeners: Arc<Listeners>,
    queue_changes: QueueChanges,
    refusals: Refusals,
    /// The number of times that the room was rebuilt: a token that was read before may be older than the state that was removed.
    readings: AtomicU64,
    /// Tokens whose rows may differ from memory, after commits with an unknown outcome: they are read again.
    doubtful_tokens: Mutex<BTreeSet<TokenId>>,
    store: Arc<dyn Tokens>,
    clock: Arc<dyn Clock>,
    policy: QueuePolicy,
    tick: Duration,
    ended_metrics: MemoryMetrics,
    unknown_metrics: MemoryMetrics,
}

impl WaitingRoom {
    /// Creates an empty waiting room.
    pub fn new(parts: Parts) -> Self {
        let Parts { tokens, catalogue, seat_maps, clock, policy, tick, memory } = parts;
        estimate_samples::describe();
        Self {
            tokens: KnownTokens::new(),
            ended: EndedTokens::new(memory.ended_tokens),
            tombstones: Tombstones::default(),
            unknown: UnknownTokens::new(memory.unknown_tokens),
            look_ups: LookUps::default(),
            lines: DashMap::new(),
            notices: Notices::new(catalogue, seat_maps, clock.clone()),
            listeners: Arc::default(),
            queue_changes: QueueChanges::default(),
            refusals: Refusals::default(),
            readings: AtomicU64::default(),
            doubtful_tokens: Mutex::default(),
            store: tokens,
            clock,
            policy,
            tick,
            ended_metrics: MemoryMetrics::new("ended_tokens", memory.ended_tokens),
            unknown_metrics: MemoryMetrics::new("unknown_tokens", memory.unknown_tokens),
        }
    }

    /// Returns the current time of the store's clock.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Returns the token if it is in memory.
    #[must_use]
    pub fn known(&self, id: TokenId) -> Option<QueueToken> {
        self.tokens.get(id.digest()).map(|token| token.row.with_id(id))
    }

    /// Returns the token from memory, or looks it up in the store and keeps the result for a while, also that it doesn't exist.
    pub async fn find(&self, id: TokenId) -> Result<Option<QueueToken>, Error> {
        if let Some(token) = self.known(id) {
            return Ok(Some(token));
        }
        // All live tokens are in memory, so this one ended long ago or was never issued.
        if self.unknown.has(id, self.clock.now()) {
            self.unknown_metrics.hit();
            return Ok(None);
        }
        self.unknown_metrics.miss();
        let Some(token) = self.look_ups.find(id, |ids| self.read(ids)).await? else { return Ok(None) };
        Ok(Some(token.row))
    }

    /// Listens to changes of a token; none if it has too many listeners already.
    #[must_use]
    pub fn listen(&self, id: TokenId) -> Option<Listener> {
        self.listeners.add(id.digest())
    }

    /// Returns the row of a queue; none if it doesn't exist, as far as is known in memory.
    #[must_use]
    pub fn queue(&self, id: QueueId) -> Option<Arc<Versioned<Queue>>> {
        self.notices.queue(id)
    }

    /// Subscribes to changes of a queue's row.
    #[must_use]
    pub fn queue_news(&self, queue: QueueId) -> QueueNews {
        self.queue_changes.subscribe(queue)
    }

    /// Returns the number of waiting users of the queue, as far as it is known in memory.
    #[must_use]
    pub fn waiting(&self, queue: QueueId) -> u64 {
        self.lines.get(&queue).map_or(0, |line| line.waiting())
    }

    /// Returns the queues that need a tick, in order of id: those with waiting users or with lapsed active tokens.
    #[must_use]
    pub fn due(&self) -> Vec<QueueId> {
        let now = self.clock.now();
        let is_due = |line: &WaitingQueue| line.waiting() > 0 || line.first_deadline().is_some_and(|deadline| deadline <= now);
        let due: BTreeSet<QueueId> = self.lines.iter().filter(|line| is_due(line)).map(|line| *line.key()).collect();
        due.into_iter().collect()
    }

    /// Returns the policy by which the queue admits, as far as it is known in memory.
    #[must_use]
    pub fn admission_policy(&self, queue: QueueId) -> QueuePolicy {
        self.notices.queue(queue).map_or(self.policy, |queue| queue.policy(&self.policy))
    }

    /// Returns the next deadline of an active token in a queue with waiting users.
    #[must_use]
    pub fn next_lapse(&self) -> Option<(OffsetDateTime, QueueId)> {
        let now = self.clock.now();
        let lapses = self.lines.iter().filter(|line| line.waiting() > 0);
        lapses.filter_map(|line| Some((line.next_deadline(now)?, *line.key()))).min()
    }

    /// Whether the store refused this token within the last second.
    #[must_use]
    pub fn was_refused_lately(&self, token: TokenId) -> bool {
        self.refusals.has(token, self.clock.now())
    }

    /// Records for a second that the store refused this token.
    pub fn remember_refusal(&self, token: TokenId) {
        self.refusals.remember(token, self.clock.now());
    }

    /// Removes old refusals, tokens that ended some time ago, and subscriptions that have ended.
    pub fn tidy(&self) {
        let now = self.clock.now();
        for digest in self.ended.take_old(now) {
            self.evict(digest);
        }
        self.tokens.shrink();
        self.lines.iter_mut().for_each(|mut line| line.tidy());
        self.refusals.tidy(now);
        self.queue_changes.tidy();
    }

    /// Stores a token that was read from the store.
    pub fn meet(&self, token: &Versioned<QueueToken>) {
        self.keep(&Versioned::new(token.version, (&token.row).into()));
    }

    /// Stores the token, unless this or a newer version is known, and notifies its listeners.
    fn keep(&self, token: &Versioned<LoggedToken>) {
        let has_ended = || self.tombstones.has(token.digest);
        if !self.tokens.keep(token, has_ended, |before| self.lines.entry(token.queue).or_default().follow(token, before)) {
            return;
        }
        if !token.state.is_live()
            && let Some(oldest) = self.ended.add(token.digest, self.clock.now())
        {
            self.evict(oldest);
            self.ended_metrics.evict(1);
        }
        self.listeners.notify(token.digest);
    }

    /// Removes an ended token from memory.
    fn evict(&self, digest: TokenDigest) {
        // Before it is removed, so that an older row that finds it missing finds the tombstone.
        self.tombstones.add(digest, self.clock.now());
        self.tokens.forget_ended(digest);
    }

    fn forget(&self, digest: TokenDigest) {
        self.tokens.forget_live(digest, |token| {
            if let Some(mut line) = self.lines.get_mut(&token.queue) {
                line.forget(token);
            }
        });
        self.listeners.notify(digest);
    }

    /// Records the estimate of a token that has just joined.
    fn record_estimate(&self, token: &QueueToken) {
        let TokenView { now, estimate, .. } = self.place(token);
        if let Some(mut line) = self.lines.get_mut(&token.queue()) {
            line.record_estimate(token.number(), estimate, now);
        }
    }
}

#[async_trait]
impl ReadModel for WaitingRoom {
    fn apply(&self, row: LoggedRow) {
        match row {
            LoggedRow::Token(token) => self.keep(&token),
            // The catalogue, which applies rows before the waiting room, already has the new row.
            LoggedRow::Queue(queue) => self.queue_changes.notify(queue.id()),
            LoggedRow::Seat(_) | LoggedRow::Concert(_) | LoggedRow::Schedule(_) => {}
        }
    }

    async fn reload(&self) -> Result<(), Error> {
        self.reload_live().await
    }
}

impl Observer for WaitingRoom {
    fn committed(&self, change: &Change, committed: &Committed) {
        change.logged(committed.number).for_each(|row| self.apply(row));
        if let Some((new, number)) = change.row::<NewToken>().zip(committed.number) {
            self.record_estimate(&new.row.clone().numbered(number));
        }
    }

    /// Marks the tokens of the change to be read again.
    fn doubtful(&self, change: &Change) {
        let joined = change.rows::<NewToken>().map(|new| new.row.id);
        self.doubtful_tokens().extend(change.rows::<QueueToken>().map(|token| token.row.id()).chain(joined));
    }
}

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod tests;
