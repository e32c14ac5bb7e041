//! The store of a simulated sale: what a change says is so from then on. One thing happens after the other here, so no guard can fail.

use domain::{Change, ReservationId, RowWrite, TokenId, Version, Versioned, Write};

use super::event_queue::UserIndex;
use super::world::World;

impl World {
    pub(super) fn commit(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            change.writes.into_iter().for_each(|write| self.write(write));
        }
    }

    fn write(&mut self, write: RowWrite) {
        match write {
            RowWrite::Admission(admission) => self.admission = admission.version(),
            RowWrite::Token(write) => {
                let (who, version) = (holder(write.row.id()), write.version());
                let person = &mut self.people[place(who)];
                self.line.follow(who, person.token.as_deref(), &write.row);
                person.token = Some(Versioned::new(version, write.row));
            }
            RowWrite::Place(Write { row: new, .. }) => {
                let who = holder(new.id);
                self.line.last_number += 1;
                self.line.waiting.push_back(who);
                self.people[place(who)].token = Some(Versioned::new(Version::FIRST, new.numbered(self.line.last_number)));
            }
            RowWrite::User(write) => {
                let place = place(who(write.row.id.0));
                self.people[place].user = Some(write.row);
            }
            RowWrite::Seat(write) => self.hall.write(&write),
            RowWrite::Reservation(write) => _ = self.reservations.insert(write.row.id(), versioned(write)),
            RowWrite::Wallet(write) => {
                let place = place(who(write.row.user().0));
                self.people[place].wallet = Some(versioned(write));
            }
            // Nothing in a simulated sale looks at these.
            RowWrite::Queue(_)
            | RowWrite::Concert(_)
            | RowWrite::Schedule(_)
            | RowWrite::Payment(_)
            | RowWrite::Entry(_)
            | RowWrite::Key(_)
            | RowWrite::AuditEntry(_) => {}
        }
    }

    /// The id of the next reservation.
    pub(super) fn next_reservation(&self) -> ReservationId {
        let made = u128::try_from(self.reservations.len()).unwrap_or(u128::MAX);
        ReservationId(uuid::Uuid::from_u128(made))
    }
}

fn versioned<T>(write: Write<T>) -> Versioned<T> {
    Versioned::new(write.version(), write.row)
}

/// Whose token it is: ids are places in the crowd.
fn holder(token: TokenId) -> UserIndex {
    who(token.0)
}

fn who(id: uuid::Uuid) -> UserIndex {
    UserIndex::try_from(id.as_u128()).unwrap_or(UserIndex::MAX)
}

/// The place in the crowd as an index.
pub(super) fn place(who: UserIndex) -> usize {
    usize::try_from(who).unwrap_or(usize::MAX)
}
