//! The queue of a simulated sale, and the times of the scheduler's ticks.

use std::collections::{BTreeSet, VecDeque};

use domain::{QueuePolicy, QueueToken, TokenState};
use time::{Duration, OffsetDateTime};

use super::event_queue::{START, UserIndex};

/// The minimum interval between two ticks because of freed capacity, as in the scheduler.
const MIN_WAKE_INTERVAL: Duration = Duration::milliseconds(20);
/// The time between a deadline and the scheduler's tick.
const LAPSE_DELAY: Duration = Duration::milliseconds(5);

/// The waiting and active users, indexed for ticks.
#[derive(Debug, Default)]
pub(super) struct QueueState {
    /// The waiting users, in the order of their numbers.
    pub(super) waiting: VecDeque<UserIndex>,
    /// The users whose tokens are ACTIVE by their rows, by deadline.
    active: BTreeSet<(OffsetDateTime, UserIndex)>,
    /// The last assigned number.
    pub(super) last_number: u64,
    /// Whether capacity was freed since the last tick.
    capacity_freed: bool,
    last_tick: Option<OffsetDateTime>,
}

impl QueueState {
    /// Applies the change of a token from `old` to `new`.
    pub(super) fn update(&mut self, user: UserIndex, old: Option<&QueueToken>, new: &QueueToken) {
        if let Some(TokenState::Active { expires_at, .. }) = old.map(QueueToken::state) {
            self.active.remove(&(expires_at, user));
            self.capacity_freed |= !new.is_live();
        }
        if let TokenState::Active { expires_at, .. } = new.state() {
            self.active.insert((expires_at, user));
        }
    }

    /// Returns the number of tokens whose row is ACTIVE, lapsed or not.
    pub(super) fn active(&self) -> u32 {
        u32::try_from(self.active.len()).unwrap_or(u32::MAX)
    }

    /// Returns the users whose tokens have lapsed: past their deadline, while their rows are still ACTIVE.
    pub(super) fn lapsed(&self, now: OffsetDateTime) -> impl Iterator<Item = UserIndex> {
        self.active.iter().take_while(move |(deadline, _)| *deadline <= now).map(|(_, user)| *user)
    }

    /// Returns the time of the scheduler's next tick, if it could admit a user: the next regular tick if there is capacity, a tick after
    /// capacity was freed, or a tick after the next deadline of an active user.
    pub(super) fn next_tick(&self, now: OffsetDateTime, tick: Duration, policy: &QueuePolicy) -> Option<OffsetDateTime> {
        if self.waiting.is_empty() {
            return None;
        }
        let regular = (self.active() < policy.capacity).then(|| self.next_regular_tick(now, tick));
        let woken = self.capacity_freed.then(|| self.last_tick.map_or(now, |last| now.max(last + MIN_WAKE_INTERVAL)));
        let lapse = self.active.first().map(|(deadline, _)| now.max(*deadline + LAPSE_DELAY));
        regular.into_iter().chain(woken).chain(lapse).min()
    }

    /// Returns the time of the first regular tick from `now` on that hasn't run yet.
    fn next_regular_tick(&self, now: OffsetDateTime, tick: Duration) -> OffsetDateTime {
        let elapsed = (now - START).whole_microseconds() % tick.whole_microseconds();
        let next = if elapsed == 0 { now } else { now - Duration::microseconds(i64::try_from(elapsed).unwrap_or(0)) + tick };
        if self.last_tick == Some(next) { next + tick } else { next }
    }

    /// Records a tick.
    pub(super) fn record_tick(&mut self, now: OffsetDateTime) {
        self.capacity_freed = false;
        self.last_tick = Some(now);
    }
}
