//! Queues: waiting and active tokens, capacity, and the order of admission.

use std::collections::{BTreeMap, HashMap};

use domain::{ConcertId, ExpiryReason, Payment, Queue, QueueId, QueueState, QueueToken, TokenId, TokenState, UserId};
use time::OffsetDateTime;

use super::commit::{Commit, broken};
use super::inventory::Inventory;
use crate::plan::Numbers;
use crate::violation::{Check, ensure};

/// All queues.
pub(crate) struct Queues {
    default: Policy,
    /// Time after which all instances know a join, in milliseconds.
    known_everywhere_after: u64,
    by_id: BTreeMap<QueueId, WaitingLine>,
    places: HashMap<TokenId, ModelToken>,
}

/// The limits of a queue.
#[derive(Debug, Clone, Copy)]
struct Policy {
    capacity: u32,
    batch: u32,
    max_waiting: Option<u32>,
}

/// A queue with its waiting and active tokens.
pub(crate) struct WaitingLine {
    policy: Policy,
    is_paused: bool,
    last_number: u64,
    /// Waiting tokens by queue number, with their join times in milliseconds of the run.
    pub(crate) waiting: BTreeMap<u64, (TokenId, u64)>,
    /// Active tokens with their deadlines.
    pub(crate) active: BTreeMap<TokenId, OffsetDateTime>,
    /// Since when there has been free capacity for a waiting user, in milliseconds of the run.
    pub(crate) free_since: Option<u64>,
    /// When a user gave up capacity for which others waited, in milliseconds of the run; cleared by the next admission.
    pub(crate) freed_at: Option<u64>,
}

/// A queue token of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ModelToken {
    pub(crate) queue: QueueId,
    pub(crate) user: UserId,
    pub(crate) concert: Option<ConcertId>,
    pub(crate) number: u64,
    pub(crate) stage: Stage,
    /// When the user was admitted, in milliseconds of the run.
    pub(crate) admitted: Option<u64>,
}

/// The state of a queue token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Waiting,
    Active { until: OffsetDateTime, is_claimed: bool },
    Ended,
}

impl WaitingLine {
    fn new(policy: Policy) -> Self {
        Self {
            policy,
            is_paused: false,
            last_number: 0,
            waiting: BTreeMap::new(),
            active: BTreeMap::new(),
            free_since: None,
            freed_at: None,
        }
    }

    /// Number of active tokens at a time.
    pub(crate) fn active_at(&self, now: OffsetDateTime) -> usize {
        self.active.values().filter(|until| now < **until).count()
    }

    /// Whether the queue can admit users at all.
    pub(crate) const fn is_moving(&self) -> bool {
        !self.is_paused && self.policy.capacity > 0
    }

    /// Whether a user is waiting and there is free capacity.
    pub(crate) fn has_free_place(&self, now: OffsetDateTime) -> bool {
        !self.is_paused && !self.waiting.is_empty() && self.active_at(now) < usize::try_from(self.policy.capacity).unwrap_or(usize::MAX)
    }
}

impl Queues {
    pub(super) fn new(numbers: &Numbers) -> Self {
        let default = Policy { capacity: numbers.capacity, batch: numbers.batch, max_waiting: numbers.max_waiting };
        let known_everywhere_after = 2 * numbers.follow + 100;
        Self {
            default,
            known_everywhere_after,
            by_id: BTreeMap::from([(Queue::DEFAULT, WaitingLine::new(default))]),
            places: HashMap::new(),
        }
    }

    pub(crate) fn place(&self, token: TokenId) -> Option<&ModelToken> {
        self.places.get(&token)
    }

    /// Whether a token of `user` is active in `queue` at a time.
    pub(super) fn is_admitted(&self, token: TokenId, user: UserId, queue: Option<QueueId>, now: OffsetDateTime) -> bool {
        let is_active = |place: &ModelToken| matches!(place.stage, Stage::Active { until, .. } if now < until);
        self.place(token).is_some_and(|place| place.user == user && Some(place.queue) == queue && is_active(place))
    }

    pub(crate) fn all(&mut self) -> impl Iterator<Item = (QueueId, &mut WaitingLine)> {
        self.by_id.iter_mut().map(|(id, line)| (*id, line))
    }

    pub(crate) fn tokens(&self) -> impl Iterator<Item = (&TokenId, &ModelToken)> {
        self.places.iter()
    }

    /// The user's live token in a queue, if there is one.
    pub(crate) fn live(&self, queue: QueueId, user: UserId) -> Option<TokenId> {
        let line = self.by_id.get(&queue)?;
        let mut tokens = line.waiting.values().map(|(token, _)| token).chain(line.active.keys());
        tokens.find(|token| self.places.get(token).is_some_and(|place| place.user == user)).copied()
    }

    pub(super) fn commit(&mut self, commit: &Commit<'_>, inventory: &Inventory) -> Check {
        for queue in commit.change.rows::<Queue>() {
            let (default, own) = (self.default, &queue.row.overrides());
            let policy = Policy {
                capacity: own.capacity.unwrap_or(default.capacity),
                batch: own.batch.unwrap_or(default.batch),
                max_waiting: own.max_waiting.or(default.max_waiting),
            };
            let line = self.by_id.entry(queue.row.id()).or_insert_with(|| WaitingLine::new(policy));
            line.policy = policy;
            line.is_paused = queue.row.state() == QueueState::Paused;
            line.free_since = None;
            line.freed_at = None;
        }
        let mut admitted: BTreeMap<QueueId, u32> = BTreeMap::new();
        for token in commit.change.rows::<QueueToken>() {
            if self.apply_token(commit, &token.row, inventory)? {
                *admitted.entry(token.row.queue()).or_default() += 1;
            }
        }
        for (queue, count) in admitted {
            self.check_admission(commit, queue, count)?;
        }
        self.join(commit)
    }

    /// Applies an update of a token, and returns whether it admits the user.
    fn apply_token(&mut self, commit: &Commit<'_>, token: &QueueToken, inventory: &Inventory) -> Result<bool, crate::Violation> {
        let Some(place) = self.places.get_mut(&token.id()) else {
            return Err(broken("P6", "an unknown token was updated", format!("{:?} of {:?}", token.number(), token.user())));
        };
        let line = self.by_id.entry(place.queue).or_insert_with(|| WaitingLine::new(self.default));
        let first = line.waiting.values().next().map(|(_, joined)| *joined);
        let detail = || format!("number {} was {:?}, and is {:?}", token.number(), place.stage, token.state());
        let same = place.queue == token.queue()
            && place.user == token.user()
            && place.number == token.number()
            && place.concert == token.concert();
        ensure(same, "P6", "the identity of a token changed", detail)?;
        let stage = match (place.stage, token.state()) {
            (Stage::Waiting, TokenState::Active { claimed, expires_at, .. }) => {
                ensure(commit.is_admission(), "P5", "a token was activated without the admission version", detail)?;
                line.waiting.remove(&place.number);
                line.active.insert(token.id(), expires_at);
                place.admitted = Some(commit.at);
                place.stage = Stage::Active { until: expires_at, is_claimed: claimed };
                line.free_since = None;
                line.freed_at = None;
                return Ok(true);
            }
            (Stage::Waiting, TokenState::Expired { reason: ExpiryReason::Left, .. }) => {
                line.waiting.remove(&place.number);
                Stage::Ended
            }
            (Stage::Active { until, is_claimed }, TokenState::Active { claimed, expires_at, .. }) => {
                ensure(commit.now < until, "P6", "an expired token was extended", detail)?;
                ensure(expires_at >= until && claimed >= is_claimed, "P6", "the deadline of a token moved back", detail)?;
                line.active.insert(token.id(), expires_at);
                Stage::Active { until: expires_at, is_claimed: claimed }
            }
            (Stage::Active { until, .. }, TokenState::Expired { reason, .. }) => {
                let may_end = match reason {
                    ExpiryReason::TimedOut | ExpiryReason::Unclaimed => until <= commit.latest,
                    ExpiryReason::Paid => {
                        commit.change.row::<Payment>().is_some_and(|paid| inventory.token_of(paid.row.reservation()) == Some(token.id()))
                    }
                    ExpiryReason::Left => true,
                };
                ensure(may_end, "P4", "a token expired before its deadline", detail)?;
                line.active.remove(&token.id());
                let is_lapse = matches!(reason, ExpiryReason::TimedOut | ExpiryReason::Unclaimed);
                if !is_lapse
                    && inventory.is_worth_waiting(place.queue, commit.now)
                    && first.is_some_and(|joined| joined + self.known_everywhere_after <= commit.at)
                {
                    line.freed_at.get_or_insert(commit.at);
                }
                Stage::Ended
            }
            (Stage::Waiting | Stage::Active { .. } | Stage::Ended, _) => {
                return Err(broken("P6", "invalid state transition of a token", detail()));
            }
        };
        place.stage = stage;
        Ok(false)
    }

    fn check_admission(&self, commit: &Commit<'_>, queue: QueueId, count: u32) -> Check {
        let Some(line) = self.by_id.get(&queue) else { return Ok(()) };
        let Policy { capacity, batch, .. } = line.policy;
        ensure(!line.is_paused, "P5", "a paused queue admitted users", || format!("{queue:?}"))?;
        let active_at = line.active_at(commit.now);
        ensure(active_at <= usize::try_from(capacity).unwrap_or(usize::MAX), "P5", "the capacity was exceeded", || {
            format!("{active_at} active in {queue:?}, capacity {capacity}")
        })?;
        ensure(count <= batch || commit.is_ordered(), "P5", "the batch was exceeded", || format!("{count} admitted, batch {batch}"))?;
        let last = commit.change.rows::<QueueToken>().filter(|token| token.row.queue() == queue && is_admitted(&token.row, commit));
        let last = last.map(|token| token.row.number()).max().unwrap_or(0);
        let overtaken = line.waiting.keys().next().filter(|first| **first < last);
        ensure(overtaken.is_none(), "P5", "a user was admitted before another with a lower number", || {
            format!("number {last} before {overtaken:?}")
        })
    }

    fn join(&mut self, commit: &Commit<'_>) -> Check {
        let Some((new, number)) = commit.place() else { return Ok(()) };
        let other = self.live(new.queue, new.user);
        ensure(other.is_none(), "P6", "a user has two live tokens in a queue", || format!("{:?}, as number {number}", new.user))?;
        let line = self.by_id.entry(new.queue).or_insert_with(|| WaitingLine::new(self.default));
        ensure(number == line.last_number + 1, "P5", "queue numbers have a gap or a duplicate", || {
            format!("{number} after {}", line.last_number)
        })?;
        line.last_number = number;
        line.waiting.insert(number, (new.id, commit.at));
        let (limit, waiting) = (line.policy.max_waiting, line.waiting.len());
        let fits = limit.is_none_or(|limit| waiting <= usize::try_from(limit).unwrap_or(usize::MAX));
        ensure(fits, "P5", "the maximum length of a queue was exceeded", || format!("{waiting} waiting, maximum {limit:?}"))?;
        let place = ModelToken { queue: new.queue, user: new.user, concert: new.concert, number, stage: Stage::Waiting, admitted: None };
        self.places.insert(new.id, place);
        Ok(())
    }
}

fn is_admitted(token: &QueueToken, commit: &Commit<'_>) -> bool {
    commit.is_admission() && matches!(token.state(), TokenState::Active { .. })
}
