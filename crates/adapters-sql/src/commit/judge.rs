//! Whether a change may be committed.

use std::collections::HashSet;

use domain::change::{Check, RowName};
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
    /// What changes before rely on and don't write. Those that rely on a concert may be holds or joins that the guards don't know yet.
    relied_on: HashSet<RowName>,
}

impl<'a> Judge<'a> {
    /// Judges by `guards`, and by who waits in `lines`, at the clock's reading `now`.
    pub fn new(guards: &'a Guards, lines: Lines, now: OffsetDateTime) -> Self {
        Self { guards, lines, now, written: HashSet::new(), relied_on: HashSet::new() }
    }

    /// Whether all that the change relies on is still so, there is room where it joins after those before it in the group, and none
    /// of those writes a row of its own or one that it relies on.
    pub fn is_sound(&mut self, change: &Change) -> bool {
        let in_time = change.not_after.is_none_or(|deadline| self.now < deadline);
        if !in_time || !self.is_guarded(change) || !self.lines.fits(change) {
            return false;
        }
        let rows = change.rows();
        let checked: Vec<RowName> = change.checks.iter().map(|check| checked(*check)).collect();
        let mut emptied = change.unheld.into_iter().chain(change.unawaited.map(|(_, concert)| concert));
        let apart = rows.iter().chain(&checked).all(|row| !self.written.contains(row))
            && emptied.all(|concert| !self.relied_on.contains(&RowName::Concert(concert)));
        if apart {
            self.relied_on.extend(checked);
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
            && change.unawaited.iter().all(|(queue, concert)| !self.guards.is_awaited(*queue, *concert, self.now))
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

/// The name of a row that is relied on.
const fn checked(check: Check) -> RowName {
    match check {
        Check::Queue(id, _) => RowName::Queue(id),
        Check::Concert(id, _) => RowName::Concert(id),
        Check::Schedule(id, _) => RowName::Schedule(id),
    }
}
