//! Whether a change may be committed.

use std::collections::HashSet;

use domain::change::RowName;
use domain::{Change, NewToken, Version};
use time::OffsetDateTime;

use super::guards::Guards;
use super::lines::Lines;

/// Judges the changes of a group, one after the other.
pub struct Judge<'a> {
    guards: &'a Guards,
    lines: Lines,
    now: OffsetDateTime,
    written: HashSet<RowName>,
}

impl<'a> Judge<'a> {
    /// Judges by `guards`, and by who waits in `lines`, at the clock's reading `now`.
    pub fn new(guards: &'a Guards, lines: Lines, now: OffsetDateTime) -> Self {
        Self { guards, lines, now, written: HashSet::new() }
    }

    /// Whether all that the change relies on is still so, there is room where it joins after those before it in the group, and none
    /// of those writes a row of its own.
    pub fn is_sound(&mut self, change: &Change) -> bool {
        let in_time = change.not_after.is_none_or(|deadline| self.now < deadline);
        if !in_time || !self.is_guarded(change) || !self.lines.fits(change) {
            return false;
        }
        let rows = change.rows();
        let apart = rows.iter().all(|row| !self.written.contains(row));
        if apart {
            self.written.extend(rows);
            self.lines.follow(change);
        }
        apart
    }

    fn is_guarded(&self, change: &Change) -> bool {
        let unchanged = |row: RowName, expected: Option<Version>| self.guards.version(&row) == expected;
        change.checks.iter().all(|check| self.guards.holds(*check))
            && change.admission.iter().all(|(queue, version)| unchanged(RowName::Admission(*queue), Some(*version)))
            && change.user.iter().all(|user| unchanged(RowName::User(user.id), None))
            && change.tokens.iter().all(|token| unchanged(RowName::Token(token.row.id), token.expected))
            && change.join.iter().all(|new| self.is_free(new, change))
            && change.seats.iter().all(|seat| unchanged(RowName::Seat(seat.row.schedule, seat.row.number), seat.expected))
            && change.reservations.iter().all(|write| unchanged(RowName::Reservation(write.row.id), write.expected))
            && change.payment.iter().all(|payment| unchanged(RowName::Payment(payment.row.id), payment.expected))
            && change.wallet.iter().all(|wallet| unchanged(RowName::Wallet(wallet.row.user), wallet.expected))
            && change.queues.iter().all(|queue| unchanged(RowName::Queue(queue.row.id), queue.expected))
            && change.concerts.iter().all(|concert| unchanged(RowName::Concert(concert.row.id), concert.expected))
            && change.schedules.iter().all(|schedule| unchanged(RowName::Schedule(schedule.row.id), schedule.expected))
            && change.unheld.iter().all(|concert| !self.guards.is_held(*concert, self.now))
            && change.key.iter().all(|key| unchanged(RowName::Key(key.row.scope.clone()), key.expected))
    }

    /// Whether there is the queue, and the user has no other live token in it; one that the change ends doesn't count.
    fn is_free(&self, new: &NewToken, change: &Change) -> bool {
        let is_ended = |token| change.tokens.iter().any(|write| write.row.id == token && !write.row.is_live());
        self.lines.has(new.queue)
            && self.guards.version(&RowName::Token(new.id)).is_none()
            && self.guards.occupant(new.queue, new.user).is_none_or(is_ended)
    }
}
