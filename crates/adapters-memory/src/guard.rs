//! The guards of a commit: whether everything is still as the decision saw it.

use domain::change::{Admission, Guard};
use domain::{Change, ConcertId, NewToken, QueueId, QueueToken, RowWrite, ScheduleId, TokenState, Version, Versioned, WalletEntry, Write};

use time::OffsetDateTime;

use crate::state::{Rows, State};

impl State {
    /// Whether every guard of `change` holds at `now`, and every row that it writes is as expected.
    pub(crate) fn admits(&self, change: &Change, now: OffsetDateTime) -> bool {
        change.not_after.is_none_or(|deadline| now < deadline)
            && change.guards.iter().all(|guard| self.holds(*guard, change, now))
            && change.writes.iter().all(|write| self.is_as_expected(write, change))
    }

    fn holds(&self, guard: Guard, change: &Change, now: OffsetDateTime) -> bool {
        match guard {
            Guard::Queue(id, version) => has_version(self.queues.get(&id), version),
            Guard::Concert(id, version) => has_version(self.concerts.get(&id), version),
            Guard::Schedule(id, version) => has_version(self.schedules.get(&id), version),
            Guard::NoLiveHold(concert) => !self.is_held(concert, now),
            Guard::NoLiveToken(queue, concert) => !self.is_awaited(queue, concert, now),
            Guard::Room(queue, limit) => self.waiting_after(queue, change) <= u64::from(limit),
        }
    }

    fn is_as_expected(&self, write: &RowWrite, change: &Change) -> bool {
        match write {
            RowWrite::Queue(queue) => matches(&self.queues, &queue.row.id, queue),
            RowWrite::Admission(Write { expected, row: Admission(queue) }) => self.lines.get(queue).map(|line| line.admission) == *expected,
            RowWrite::Concert(concert) => matches(&self.concerts, &concert.row.id, concert),
            RowWrite::Schedule(date) => matches(&self.schedules, &date.row.id, date),
            RowWrite::User(user) => !self.users.contains_key(&user.row.id),
            RowWrite::Place(place) => self.has_place_for(&place.row, change),
            RowWrite::Token(token) => matches(&self.tokens, &token.row.id, token),
            RowWrite::Seat(seat) => matches(&self.seats, &(seat.row.schedule, seat.row.number), seat),
            RowWrite::Reservation(reservation) => matches(&self.reservations, &reservation.row.id, reservation),
            RowWrite::Payment(payment) => matches(&self.payments, &payment.row.id, payment),
            RowWrite::Wallet(wallet) => matches(&self.wallets, &wallet.row.user(), wallet),
            RowWrite::Entry(entry) => self.is_new_entry(&entry.row),
            RowWrite::Key(key) => matches(&self.keys, &key.row.scope, key),
            RowWrite::Deed(deed) => !self.deeds.contains_key(&deed.row.id),
        }
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

    /// Whether the user of a join has no live token in that queue, but for one that `change` ends.
    fn has_place_for(&self, new: &NewToken, change: &Change) -> bool {
        let ended_by_change = |id| change.rows::<QueueToken>().any(|token| token.row.id == id && !token.row.is_live());
        let occupied = self.tokens_of(new.queue).any(|token| token.user == new.user && token.is_live() && !ended_by_change(token.id));
        self.lines.contains_key(&new.queue) && !self.tokens.contains_key(&new.id) && !occupied
    }

    /// How many wait in the queue once `change` is written.
    fn waiting_after(&self, queue: QueueId, change: &Change) -> u64 {
        let waits = |token: &QueueToken| token.state() == TokenState::Waiting;
        let leaves = |token: &QueueToken| change.rows::<QueueToken>().any(|write| write.row.id == token.id && !waits(&write.row));
        let stay = self.tokens_of(queue).filter(|token| waits(token) && !leaves(token)).count();
        let join = change.rows::<NewToken>().filter(|place| place.row.queue == queue).count();
        (stay + join) as u64
    }

    fn is_new_entry(&self, entry: &WalletEntry) -> bool {
        !self.entries.contains_key(&(entry.user, entry.sequence)) && !self.entry_ids.contains(&entry.id)
    }
}

/// Whether the row to be written has the version that the decision saw; none: whether there is no such row yet.
fn matches<K: Ord, T>(rows: &Rows<K, T>, id: &K, write: &Write<T>) -> bool {
    rows.get(id).map(|row| row.version) == write.expected
}

fn has_version<T>(row: Option<&Versioned<T>>, version: Version) -> bool {
    row.is_some_and(|row| row.version == version)
}
