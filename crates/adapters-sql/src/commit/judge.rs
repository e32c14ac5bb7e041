//! Whether a change may be committed.

use domain::change::{Collisions, Guard, RowKey, RowWrite};
use domain::{Change, NewToken, QueueToken};
use time::OffsetDateTime;

use super::guards::CurrentVersions;
use super::waiting_counts::WaitingCounts;

/// Decides which changes of a group may be committed, one after the other.
pub struct ChangeValidator<'a> {
    guards: &'a CurrentVersions,
    waiting: WaitingCounts,
    now: OffsetDateTime,
    before: Collisions,
}

impl<'a> ChangeValidator<'a> {
    /// Decides by `guards`, by the numbers of waiting users in `waiting`, and at the clock's reading `now`.
    pub fn new(guards: &'a CurrentVersions, waiting: WaitingCounts, now: OffsetDateTime) -> Self {
        Self { guards, waiting, now, before: Collisions::default() }
    }

    /// Whether all guards of the change hold, its join fits after the joins before it in the group, and it collides with no change before
    /// it.
    pub fn accept(&mut self, change: &Change) -> bool {
        let in_time = change.not_after.is_none_or(|deadline| self.now < deadline);
        let guarded = || change.guards.iter().all(|guard| self.holds(*guard, change));
        let expected = || change.writes.iter().all(|write| self.is_as_expected(write, change));
        let accept = in_time && guarded() && expected() && self.before.admit(change);
        if accept {
            self.waiting.follow(change);
        }
        accept
    }

    fn holds(&self, guard: Guard, change: &Change) -> bool {
        match guard {
            Guard::Queue(id, version) => self.guards.version(&RowKey::Queue(id)) == Some(version),
            Guard::Concert(id, version) => self.guards.version(&RowKey::Concert(id)) == Some(version),
            Guard::Schedule(id, version) => self.guards.version(&RowKey::Schedule(id)) == Some(version),
            Guard::NoLiveHold(concert) => !self.guards.is_held(concert, self.now),
            Guard::NoLiveToken(queue, concert) => !self.guards.is_awaited(queue, concert, self.now),
            Guard::MaxWaiting(queue, limit) => self.waiting.fits(change, queue, limit),
        }
    }

    fn is_as_expected(&self, write: &RowWrite, change: &Change) -> bool {
        match write {
            RowWrite::NewToken(place) => self.is_free(&place.row, change),
            // Entries are unique by a constraint of the table: the second insert fails there. A layout that exists already has the same
            // content.
            RowWrite::WalletEntry(_) | RowWrite::AuditEntry(_) | RowWrite::Layout(_) => true,
            RowWrite::Queue(_)
            | RowWrite::Admission(_)
            | RowWrite::Concert(_)
            | RowWrite::Schedule(_)
            | RowWrite::User(_)
            | RowWrite::Token(_)
            | RowWrite::Seat(_)
            | RowWrite::Reservation(_)
            | RowWrite::Payment(_)
            | RowWrite::Wallet(_)
            | RowWrite::Key(_)
            | RowWrite::Session(_) => self.guards.version(&write.key()) == write.expected(),
        }
    }

    /// Whether the queue exists and the user has no other live token in it, except one that the change ends.
    fn is_free(&self, new: &NewToken, change: &Change) -> bool {
        let is_ended = |token| change.rows::<QueueToken>().any(|write| write.row.id() == token && !write.row.is_live());
        self.waiting.has(new.queue)
            && self.guards.version(&RowKey::Token(new.id)).is_none()
            && self.guards.live_token(new.queue, new.user).is_none_or(is_ended)
    }
}
