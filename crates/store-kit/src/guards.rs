//! The guards of a commit: whether the rows that the decision relied on are unchanged.

use domain::change::Guard;
use domain::{Change, NewToken, QueueId, QueueToken, RowWrite, TokenState, Version, Versioned, WalletEntry, Write};
use time::OffsetDateTime;

use crate::fault::Fault;
use crate::key;
use crate::stored::Stored;
use crate::view::View;

impl View<'_> {
    /// Whether every guard of `change` holds at `now`, and every row that it writes is as expected.
    pub(crate) fn admits(self, change: &Change, now: OffsetDateTime) -> Result<bool, Fault> {
        if change.not_after.is_some_and(|deadline| deadline <= now) {
            return Ok(false);
        }
        for guard in &change.guards {
            if !self.holds(*guard, change, now)? {
                return Ok(false);
            }
        }
        for write in &change.writes {
            if !self.is_as_expected(write, change)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn holds(self, guard: Guard, change: &Change, now: OffsetDateTime) -> Result<bool, Fault> {
        Ok(match guard {
            Guard::Queue(id, version) => has_version(self.queue(id)?.as_ref(), version),
            Guard::Concert(id, version) => has_version(self.concert(id)?.as_ref(), version),
            Guard::Schedule(id, version) => has_version(self.schedule(id)?.as_ref(), version),
            Guard::NoLiveHold(concert) => !self.is_held(concert, now)?,
            Guard::NoLiveToken(queue, concert) => !self.is_awaited(queue, concert, now)?,
            Guard::MaxWaiting(queue, limit) => self.waiting_after(queue, change)? <= u64::from(limit),
        })
    }

    fn is_as_expected(self, write: &RowWrite, change: &Change) -> Result<bool, Fault> {
        match write {
            RowWrite::Queue(queue) => self.matches(queue),
            RowWrite::Admission(Write { expected, row }) => {
                Ok(self.queue_counters(row.queue())?.map(|counters| Version(counters.admission)) == *expected)
            }
            RowWrite::Concert(concert) => self.matches(concert),
            RowWrite::Schedule(schedule) => self.matches(schedule),
            RowWrite::User(user) => Ok(!self.has(&user.row.key())?),
            RowWrite::NewToken(place) => self.has_place_for(&place.row, change),
            RowWrite::Token(token) => self.matches(token),
            RowWrite::Seat(seat) => self.matches(seat),
            RowWrite::Reservation(reservation) => self.matches(reservation),
            RowWrite::Payment(payment) => self.matches(payment),
            RowWrite::Wallet(wallet) => self.matches(wallet),
            RowWrite::WalletEntry(entry) => self.is_new_entry(&entry.row),
            RowWrite::Key(key) => self.matches(key),
            RowWrite::Session(session) => self.matches(session),
            RowWrite::AuditEntry(audit_entry) => Ok(!self.has(&audit_entry.row.key())?),
            // One that exists already has the same content.
            RowWrite::Layout(_) => Ok(true),
        }
    }

    /// Whether the row to be written has the version that the decision saw, or does not exist if the decision saw none.
    fn matches<T: Stored<Found = Versioned<T>>>(self, write: &Write<T>) -> Result<bool, Fault> {
        Ok(self.get::<T>(&write.row.key())?.map(|row| row.version) == write.expected)
    }

    /// Whether the user of a join has no live token in that queue, except one that `change` ends.
    fn has_place_for(self, new: &NewToken, change: &Change) -> Result<bool, Fault> {
        let is_ended = |id| change.rows::<QueueToken>().any(|token| token.row.id() == id && !token.row.is_live());
        let is_free = self.live_token(new.queue, new.user)?.is_none_or(|token| is_ended(token.id()));
        Ok(is_free && self.queue_counters(new.queue)?.is_some() && !self.has(&key::token(new.id))?)
    }

    /// Returns the number of waiting users in the queue once `change` is written.
    fn waiting_after(self, queue: QueueId, change: &Change) -> Result<u64, Fault> {
        let waiting = self.queue_counters(queue)?.map_or(0, |counters| u64::from(counters.waiting));
        let join = change.rows::<NewToken>().filter(|place| place.row.queue == queue).count() as u64;
        let mut leave = 0;
        for token in change.rows::<QueueToken>().filter(|token| token.row.queue() == queue && token.row.state() != TokenState::Waiting) {
            leave += u64::from(self.token(token.row.id())?.is_some_and(|old| old.state() == TokenState::Waiting));
        }
        Ok((waiting + join).saturating_sub(leave))
    }

    fn is_new_entry(self, entry: &WalletEntry) -> Result<bool, Fault> {
        Ok(!self.has(&entry.key())? && !self.has(&key::wallet_entry_id(entry.id()))?)
    }
}

fn has_version<T>(row: Option<&Versioned<T>>, version: Version) -> bool {
    row.is_some_and(|row| row.version == version)
}
