//! The guards of a commit: whether everything is still as the decision saw it.

use domain::change::{Check, NewToken};
use domain::{Change, ConcertId, QueueId, QueueToken, ScheduleId, TokenState, Version, Versioned, WalletEntry, Write};

use time::OffsetDateTime;

use crate::state::{Rows, State};

impl State {
    /// Whether every guard of `change` holds, but for its deadline.
    pub(crate) fn admits(&self, change: &Change) -> bool {
        change.checks.iter().all(|check| self.is_unchanged(*check))
            && change.admission.is_none_or(|(queue, version)| self.admits_under(queue, version))
            && change.user.iter().all(|user| !self.users.contains_key(&user.id))
            && change.join.iter().all(|new| self.has_place_for(new, change) && self.has_room_for(new, change))
            && change.entry.iter().all(|entry| self.is_new_entry(entry))
            && change.tokens.iter().all(|token| matches(&self.tokens, &token.row.id, token))
            && change.seats.iter().all(|seat| matches(&self.seats, &(seat.row.schedule, seat.row.number), seat))
            && change.reservations.iter().all(|reservation| matches(&self.reservations, &reservation.row.id, reservation))
            && change.payment.iter().all(|payment| matches(&self.payments, &payment.row.id, payment))
            && change.wallet.iter().all(|wallet| matches(&self.wallets, &wallet.row.user, wallet))
            && change.queues.iter().all(|queue| matches(&self.queues, &queue.row.id, queue))
            && change.concerts.iter().all(|concert| matches(&self.concerts, &concert.row.id, concert))
            && change.schedules.iter().all(|date| matches(&self.schedules, &date.row.id, date))
            && change.deed.iter().all(|deed| !self.deeds.contains_key(&deed.id))
            && change.key.iter().all(|key| matches(&self.keys, &key.row.scope, key))
    }

    /// Whether seats of the concert are held at `now`, for a date that isn't cancelled.
    pub(crate) fn is_held(&self, concert: ConcertId, now: OffsetDateTime) -> bool {
        let takes_place = |date: ScheduleId| self.schedules.get(&date).is_some_and(|date| !date.is_cancelled());
        self.reservations.values().any(|row| row.concert == concert && row.occupies() && now < row.expires_at && takes_place(row.schedule))
    }

    /// Whether a token of the queue that names the concert is WAITING, or ACTIVE and within its deadline at `now`.
    pub(crate) fn is_awaited(&self, queue: QueueId, concert: ConcertId, now: OffsetDateTime) -> bool {
        self.tokens_of(queue).any(|token| token.concert == Some(concert) && token.is_live() && !token.has_lapsed(now))
    }

    fn is_unchanged(&self, check: Check) -> bool {
        match check {
            Check::Queue(id, version) => has_version(self.queues.get(&id), version),
            Check::Concert(id, version) => has_version(self.concerts.get(&id), version),
            Check::Schedule(id, version) => has_version(self.schedules.get(&id), version),
        }
    }

    fn admits_under(&self, queue: QueueId, version: Version) -> bool {
        self.lines.get(&queue).is_some_and(|line| line.admission == version)
    }

    /// Whether the user of a join has no live token in that queue, but for one that `change` ends.
    fn has_place_for(&self, new: &NewToken, change: &Change) -> bool {
        let ended_by_change = |id| change.tokens.iter().any(|token| token.row.id == id && !token.row.is_live());
        let occupied = self.tokens_of(new.queue).any(|token| token.user == new.user && token.is_live() && !ended_by_change(token.id));
        self.lines.contains_key(&new.queue) && !self.tokens.contains_key(&new.id) && !occupied
    }

    /// Whether no more wait in the line of a join than may, once it is among them.
    fn has_room_for(&self, new: &NewToken, change: &Change) -> bool {
        let waits = |token: &QueueToken| token.state() == TokenState::Waiting;
        let leaves = |token: &QueueToken| change.tokens.iter().any(|write| write.row.id == token.id && !waits(&write.row));
        let waiting = || self.tokens_of(new.queue).filter(|token| waits(token) && !leaves(token)).count();
        change.line_limit.is_none_or(|limit| u32::try_from(waiting()).is_ok_and(|waiting| waiting < limit))
    }

    fn is_new_entry(&self, entry: &WalletEntry) -> bool {
        !self.entries.contains_key(&(entry.user, entry.sequence))
    }
}

/// Whether the row to be written has the version that the decision saw; none: whether there is no such row yet.
fn matches<K: Ord, T>(rows: &Rows<K, T>, id: &K, write: &Write<T>) -> bool {
    rows.get(id).map(|row| row.version) == write.expected
}

fn has_version<T>(row: Option<&Versioned<T>>, version: Version) -> bool {
    row.is_some_and(|row| row.version == version)
}
