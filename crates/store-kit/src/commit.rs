//! Commit: the changes of a group, each written atomically.

use application::ports::{Clock, CommitError, Committed};
use domain::change::Collisions;
use domain::{Change, NewToken, QueueToken, RowWrite, Write};

use crate::draft::Draft;
use crate::fault::Fault;

/// Returns the result of each of `changes`. A change must not collide with the changes `before` it.
pub(crate) fn commit(
    draft: &mut Draft<'_>,
    changes: &[Change],
    before: &mut Collisions,
    clock: &dyn Clock,
) -> Result<Vec<Result<Committed, CommitError>>, Fault> {
    changes
        .iter()
        .map(|change| {
            let now = clock.now();
            if !draft.view().admits(change, now)? || !before.admit(change) {
                return Ok(Err(CommitError::Conflict));
            }
            let committed = draft.write(change)?;
            draft.log(&change.events, now)?;
            Ok(Ok(committed))
        })
        .collect()
}

impl Draft<'_> {
    fn write(&mut self, change: &Change) -> Result<Committed, Fault> {
        let mut committed = Committed::default();
        // Tokens that end are written before new ones: a user has at most one live token in a queue.
        let (places, others): (Vec<_>, Vec<_>) = change.writes.iter().partition(|write| matches!(write, RowWrite::NewToken(_)));
        for write in others.into_iter().chain(places) {
            committed.number = self.write_row(write)?.or(committed.number);
        }
        Ok(committed)
    }

    /// Writes a row and returns the number of a new token.
    fn write_row(&mut self, write: &RowWrite) -> Result<Option<u64>, Fault> {
        match write {
            RowWrite::Queue(queue) => self.save_queue(queue)?,
            RowWrite::Admission(admission) => {
                self.update_counters(admission.row.queue(), |counters| counters.set_admission(&admission.versioned()))?;
            }
            RowWrite::Concert(concert) => self.save(concert)?,
            RowWrite::Schedule(schedule) => self.save(schedule)?,
            RowWrite::User(user) => self.insert_user(&user.row)?,
            RowWrite::NewToken(place) => return self.join(&place.row).map(Some),
            RowWrite::Token(token) => self.save_token(token)?,
            RowWrite::Seat(seat) => self.save(seat)?,
            RowWrite::Reservation(reservation) => self.save(reservation)?,
            RowWrite::Payment(payment) => self.save(payment)?,
            RowWrite::Wallet(wallet) => self.save(wallet)?,
            RowWrite::WalletEntry(entry) => self.insert(&entry.row)?,
            RowWrite::Key(key) => self.save(key)?,
            RowWrite::AuditEntry(audit_entry) => self.insert(&audit_entry.row)?,
            RowWrite::Layout(layout) => self.insert(&layout.row)?,
            RowWrite::Session(session) => self.save(session)?,
        }
        Ok(None)
    }

    /// Assigns the next number of the queue.
    fn join(&mut self, new: &NewToken) -> Result<u64, Fault> {
        let number = self.update_counters(new.queue, |counters| counters.last_number += 1)?.last_number;
        let token: QueueToken = new.clone().numbered(number);
        self.save_token(&Write::insert(token))?;
        Ok(number)
    }
}
