//! Commit: a change is written whole or not at all.

use application::ports::{Clock, CommitError, Committed};
use domain::change::{Admission, Collisions};
use domain::{Change, NewToken, RowWrite, Version, Versioned, Write};

use crate::state::{Line, Rows, State};

impl State {
    /// Commits `change`, unless a guard fails, its deadline has passed, or it collides with one `before` it in its group.
    pub(crate) fn commit(&mut self, change: &Change, before: &mut Collisions, clock: &dyn Clock) -> Result<Committed, CommitError> {
        let now = clock.now();
        if !self.admits(change, now) || !before.admit(change) {
            return Err(CommitError::Conflict);
        }
        let mut committed = Committed::default();
        for write in &change.writes {
            committed.number = self.write(write).or(committed.number);
        }
        self.log.append(&change.events, now);
        Ok(committed)
    }

    /// Writes a row; the number of a place that is new.
    fn write(&mut self, write: &RowWrite) -> Option<u64> {
        match write {
            RowWrite::Queue(queue) => {
                self.lines.entry(queue.row.id).or_insert_with(Line::new);
                put(&mut self.queues, queue.row.id, queue);
            }
            RowWrite::Admission(Write { row: Admission(queue), .. }) => {
                let line = self.lines.get_mut(queue)?;
                line.admission = line.admission.next();
            }
            RowWrite::Concert(concert) => put(&mut self.concerts, concert.row.id, concert),
            RowWrite::Schedule(date) => put(&mut self.schedules, date.row.id, date),
            RowWrite::User(user) => _ = self.users.insert(user.row.id, user.row.clone()),
            RowWrite::Place(place) => return self.join(place.row.clone()),
            RowWrite::Token(token) => put(&mut self.tokens, token.row.id, token),
            RowWrite::Seat(seat) => put(&mut self.seats, (seat.row.schedule, seat.row.number), seat),
            RowWrite::Reservation(reservation) => put(&mut self.reservations, reservation.row.id, reservation),
            RowWrite::Payment(payment) => put(&mut self.payments, payment.row.id, payment),
            RowWrite::Wallet(wallet) => put(&mut self.wallets, wallet.row.user(), wallet),
            RowWrite::Entry(entry) => {
                self.entries.insert((entry.row.user, entry.row.sequence), entry.row);
                self.entry_ids.insert(entry.row.id);
            }
            RowWrite::Key(key) => put(&mut self.keys, key.row.scope.clone(), key),
            RowWrite::Deed(deed) => _ = self.deeds.insert(deed.row.id, deed.row.clone()),
        }
        None
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

fn put<K: Ord, T: Clone>(rows: &mut Rows<K, T>, key: K, write: &Write<T>) {
    rows.insert(key, write.versioned());
}
