//! The line of a simulated sale, and when the scheduler would tick it.

use std::collections::{BTreeSet, VecDeque};

use domain::{QueuePolicy, QueueToken, TokenState};
use time::{Duration, OffsetDateTime};

use super::event_queue::UserIndex;
use super::world::BEGINNING;

/// Between two ticks for places that fell free, as the scheduler has it.
const BETWEEN_WAKES: Duration = Duration::milliseconds(20);
/// So long after a deadline the scheduler ticks.
const AFTER_A_LAPSE: Duration = Duration::milliseconds(5);

/// Who waits and who is in, found by what a tick needs.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Those who wait, in the order of their numbers.
    pub(super) waiting: VecDeque<UserIndex>,
    /// Those whose rows say ACTIVE, by deadline.
    active: BTreeSet<(OffsetDateTime, UserIndex)>,
    /// The last number that was handed out.
    pub(super) last_number: u64,
    /// Whether a place fell free since the last tick.
    capacity_freed: bool,
    last_tick: Option<OffsetDateTime>,
}

impl Line {
    /// Keeps up with a token that was `old` and is `new`.
    pub(super) fn follow(&mut self, who: UserIndex, old: Option<&QueueToken>, new: &QueueToken) {
        if let Some(TokenState::Active { expires_at, .. }) = old.map(QueueToken::state) {
            self.active.remove(&(expires_at, who));
            self.capacity_freed |= !new.is_live();
        }
        if let TokenState::Active { expires_at, .. } = new.state() {
            self.active.insert((expires_at, who));
        }
    }

    /// How many rows say ACTIVE, lapsed or not.
    pub(super) fn active(&self) -> u32 {
        u32::try_from(self.active.len()).unwrap_or(u32::MAX)
    }

    /// Those whose deadline has passed although their rows say ACTIVE.
    pub(super) fn lapsed(&self, now: OffsetDateTime) -> impl Iterator<Item = UserIndex> {
        self.active.iter().take_while(move |(deadline, _)| *deadline <= now).map(|(_, who)| *who)
    }

    /// When the scheduler ticks next, if that could let anybody in: by its rhythm if there is a place, when one has fallen free, and
    /// when the next admission has ended by its deadline.
    pub(super) fn next_tick(&self, now: OffsetDateTime, tick: Duration, policy: &QueuePolicy) -> Option<OffsetDateTime> {
        if self.waiting.is_empty() {
            return None;
        }
        let by_rhythm = (self.active() < policy.capacity).then(|| self.next_beat(now, tick));
        let woken = self.capacity_freed.then(|| self.last_tick.map_or(now, |last| now.max(last + BETWEEN_WAKES)));
        let lapse = self.active.first().map(|(deadline, _)| now.max(*deadline + AFTER_A_LAPSE));
        by_rhythm.into_iter().chain(woken).chain(lapse).min()
    }

    /// The first beat from `now` on that hasn't been ticked yet.
    fn next_beat(&self, now: OffsetDateTime, tick: Duration) -> OffsetDateTime {
        let into = (now - BEGINNING).whole_microseconds() % tick.whole_microseconds();
        let beat = if into == 0 { now } else { now - Duration::microseconds(i64::try_from(into).unwrap_or(0)) + tick };
        if self.last_tick == Some(beat) { beat + tick } else { beat }
    }

    pub(super) fn ticked(&mut self, now: OffsetDateTime) {
        self.capacity_freed = false;
        self.last_tick = Some(now);
    }
}
