//! The waiting room: who waits and who is in, answered from memory. A read model, filled from the store at the start and kept up
//! to date by what is committed. It decides nothing: a command looks at the rows. The scheduler asks it which queues a
//! tick may have something to do in.
//!
//! ```text
//!   commits of this process ──► Observer ─┐
//!   everybody's ──► Follower ─────────────┼─► apply ─► tokens ─► lines (positions, pace) ─► listeners (event streams)
//!   a token never met ──► the store, once ┘
//!   queues, seats left ──► refresh, now and then ─► notices
//! ```

mod estimate;
mod estimate_samples;
mod line;
mod listeners;
mod measures;
mod notices;
mod pace;
mod reading;
mod refusals;
mod standing;
mod tokens;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use dashmap::DashMap;
use domain::{Change, LoggedRow, LoggedToken, NewToken, QueueId, QueuePolicy, QueueToken, TokenDigest, TokenId, Versioned};
use time::{Duration, OffsetDateTime};

use crate::ports::{Catalogue, Clock, Committed, Observer, Tokens};
use crate::{Error, ReadModel, SeatMaps};

use line::Line;
use listeners::Listeners;
use notices::Notices;
use refusals::Refusals;
use tokens::KnownTokens;

pub use estimate::Estimate;
pub use listeners::Listener;
pub use standing::{Place, QueueFigures};

/// How long an ended token is remembered after its end; then the store is asked.
const REMEMBER_ENDED: Duration = Duration::minutes(10);

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
    /// How often the room was read anew: what was read of a token before that may be older than what was forgotten.
    readings: AtomicU64,
    /// Tokens whose rows may be other than what is known here: they are read again.
    unsure: Mutex<BTreeSet<TokenId>>,
    store: Arc<dyn Tokens>,
    clock: Arc<dyn Clock>,
    policy: QueuePolicy,
    tick: Duration,
}

impl WaitingRoom {
    /// An empty room of `parts`.
    pub fn new(parts: Parts) -> Self {
        let Parts { tokens, catalogue, seat_maps, clock, policy, tick } = parts;
        estimate_samples::announce();
        Self {
            tokens: KnownTokens::new(),
            lines: DashMap::new(),
            notices: Notices::new(catalogue, seat_maps, clock.clone()),
            listeners: Arc::default(),
            refusals: Refusals::default(),
            readings: AtomicU64::default(),
            unsure: Mutex::default(),
            store: tokens,
            clock,
            policy,
            tick,
        }
    }

    /// The instant that the room answers from.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The token, if it is in memory.
    #[must_use]
    pub fn known(&self, id: TokenId) -> Option<QueueToken> {
        self.tokens.get(id.digest()).map(|token| token.row.with_id(id))
    }

    /// The token: from memory, or read from the store once and kept.
    pub async fn find(&self, id: TokenId) -> Result<Option<QueueToken>, Error> {
        if let Some(token) = self.known(id) {
            return Ok(Some(token));
        }
        let Some(token) = self.read(id).await? else { return Ok(None) };
        Ok(Some(token.row))
    }

    /// Listens to what becomes of a token; none if enough do already.
    #[must_use]
    pub fn listen(&self, id: TokenId) -> Option<Listener> {
        self.listeners.add(id.digest())
    }

    /// How many wait in the queue, as far as is known here.
    #[must_use]
    pub fn waiting(&self, queue: QueueId) -> u64 {
        self.lines.get(&queue).map_or(0, |line| line.waiting())
    }

    /// The queues that a tick should look at, in order of id: those with waiting users or with expired admissions.
    #[must_use]
    pub fn due(&self) -> Vec<QueueId> {
        let now = self.clock.now();
        let is_due = |line: &Line| line.waiting() > 0 || line.first_deadline().is_some_and(|deadline| deadline <= now);
        let due: BTreeSet<QueueId> = self.lines.iter().filter(|line| is_due(line)).map(|line| *line.key()).collect();
        due.into_iter().collect()
    }

    /// How the queue admits, as far as is known here.
    #[must_use]
    pub fn admission_policy(&self, queue: QueueId) -> QueuePolicy {
        self.notices.queue(queue).map_or(self.policy, |queue| queue.policy(&self.policy))
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
        self.tokens.forget_ended(|token| token.state.expires_at().is_none_or(|at| now < at + REMEMBER_ENDED));
        self.lines.iter_mut().for_each(|mut line| line.tidy());
        self.refusals.tidy(now);
    }

    /// Takes in a token as it was read from the store.
    pub fn meet(&self, token: &Versioned<QueueToken>) {
        self.keep(&Versioned::new(token.version, (&token.row).into()));
    }

    /// Takes the token in, unless a newer version is known, and tells those who listen.
    fn keep(&self, token: &Versioned<LoggedToken>) {
        if self.tokens.keep(token, |before| self.lines.entry(token.queue).or_default().follow(token, before)) {
            self.listeners.ring(token.digest);
        }
    }

    fn forget(&self, digest: TokenDigest) {
        self.tokens.forget_live(digest, |token| {
            if let Some(mut line) = self.lines.get_mut(&token.queue) {
                line.forget(token);
            }
        });
        self.listeners.ring(digest);
    }

    /// Remembers what who has just joined is told.
    fn tell(&self, token: &QueueToken) {
        let Place { now, estimate, .. } = self.place(token);
        if let Some(mut line) = self.lines.get_mut(&token.queue()) {
            line.tell(token.number(), estimate, now);
        }
    }
}

#[async_trait]
impl ReadModel for WaitingRoom {
    fn apply(&self, row: LoggedRow) {
        match row {
            LoggedRow::Token(token) => self.keep(&token),
            LoggedRow::Queue(queue) => self.notices.keep(queue),
            LoggedRow::Seat(_) => {}
        }
    }

    async fn read_anew(&self) -> Result<(), Error> {
        self.read_live_anew().await
    }
}

impl Observer for WaitingRoom {
    fn committed(&self, change: &Change, committed: &Committed) {
        change.logged(committed.number).for_each(|row| self.apply(row));
        if let Some((new, number)) = change.row::<NewToken>().zip(committed.number) {
            self.tell(&new.row.clone().numbered(number));
        }
    }

    /// The tokens are read again a moment later.
    fn doubtful(&self, change: &Change) {
        let joined = change.rows::<NewToken>().map(|new| new.row.id);
        self.unsure().extend(change.rows::<QueueToken>().map(|token| token.row.id()).chain(joined));
    }
}

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod tests;
