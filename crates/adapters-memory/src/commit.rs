//! Commit: a change is written whole or not at all.

use application::ports::{Clock, CommitError, Committed};
use domain::{Change, NewToken, Version, Versioned, Write};
use time::OffsetDateTime;

use crate::state::{Line, Rows, State};

impl State {
    /// Commits `change`, unless a guard fails or its deadline has passed.
    pub(crate) fn commit(&mut self, change: &Change, clock: &dyn Clock) -> Result<Committed, CommitError> {
        if !self.admits(change) {
            return Err(CommitError::Conflict);
        }
        let now = clock.now();
        if change.not_after.is_some_and(|deadline| deadline <= now) {
            return Err(CommitError::Conflict);
        }
        let is_held = change.unheld.is_some_and(|concert| self.is_held(concert, now));
        if is_held || change.unawaited.is_some_and(|(queue, concert)| self.is_awaited(queue, concert, now)) {
            return Err(CommitError::Conflict);
        }
        self.write(change, now);
        Ok(Committed { number: change.join.clone().and_then(|new| self.join(new)) })
    }

    fn write(&mut self, change: &Change, now: OffsetDateTime) {
        if let Some(line) = change.admission.and_then(|(queue, _)| self.lines.get_mut(&queue)) {
            line.admission = line.admission.next();
        }
        for queue in change.queues.iter().filter(|queue| queue.expected.is_none()) {
            self.lines.insert(queue.row.id, Line::new());
        }
        put(&mut self.queues, &change.queues, |queue| queue.id);
        put(&mut self.concerts, &change.concerts, |concert| concert.id);
        put(&mut self.schedules, &change.schedules, |schedule| schedule.id);
        self.deeds.extend(change.deed.iter().map(|deed| (deed.id, deed.clone())));
        self.users.extend(change.user.iter().map(|user| (user.id, user.clone())));
        put(&mut self.tokens, &change.tokens, |token| token.id);
        put(&mut self.seats, &change.seats, |seat| (seat.schedule, seat.number));
        put(&mut self.reservations, &change.reservations, |reservation| reservation.id);
        put(&mut self.payments, &change.payment, |payment| payment.id);
        put(&mut self.wallets, &change.wallet, |wallet| wallet.user);
        put(&mut self.keys, &change.key, |key| key.scope.clone());
        self.entries.extend(change.entry.iter().map(|entry| ((entry.user, entry.sequence), *entry)));
        self.outbox.extend(change.events.iter().map(|event| (now, event.clone())));
    }

    /// Gives the next number of the queue.
    fn join(&mut self, new: NewToken) -> Option<u64> {
        let line = self.lines.get_mut(&new.queue)?;
        line.last_number += 1;
        let number = line.last_number;
        line.tokens.insert(number, new.id);
        self.tokens.insert(new.id, Versioned::new(Version::FIRST, new.numbered(number)));
        Some(number)
    }
}

fn put<'a, K: Ord, T: Clone + 'a>(rows: &mut Rows<K, T>, writes: impl IntoIterator<Item = &'a Write<T>>, id: impl Fn(&T) -> K) {
    rows.extend(writes.into_iter().map(|write| (id(&write.row), Versioned::new(write.version(), write.row.clone()))));
}
