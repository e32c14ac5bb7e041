//! The store of a simulated sale, which applies the writes of changes. Commands run one after the other, so no guard can fail.

use domain::{Change, ReservationId, RowWrite, TokenId, Version, Versioned, Write};

use super::event_queue::{UserIndex, as_index};
use super::world::World;

impl World {
    pub(super) fn commit(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            change.writes.into_iter().for_each(|write| self.write(write));
        }
    }

    fn write(&mut self, write: RowWrite) {
        match write {
            RowWrite::Admission(admission) => self.admission = admission.versioned(),
            RowWrite::Token(write) => {
                let (user, version) = (token_holder(write.row.id()), write.version());
                let user_state = &mut self.users[as_index(user)];
                self.queue_state.update(user, user_state.token.as_deref(), &write.row);
                user_state.token = Some(Versioned::new(version, write.row));
            }
            RowWrite::NewToken(Write { row: new, .. }) => {
                let user = token_holder(new.id);
                self.queue_state.last_number += 1;
                self.queue_state.waiting.push_back(user);
                self.users[as_index(user)].token = Some(Versioned::new(Version::FIRST, new.numbered(self.queue_state.last_number)));
            }
            RowWrite::User(write) => {
                let index = as_index(user_index(write.row.id.0));
                self.users[index].user = Some(write.row);
            }
            RowWrite::Seat(write) => self.seat_map.write(&write),
            RowWrite::Reservation(write) => _ = self.reservations.insert(write.row.id(), versioned(write)),
            RowWrite::Wallet(write) => {
                let index = as_index(user_index(write.row.user().0));
                self.users[index].wallet = Some(versioned(write));
            }
            // A simulated sale doesn't read these.
            RowWrite::Queue(_)
            | RowWrite::Concert(_)
            | RowWrite::Schedule(_)
            | RowWrite::Payment(_)
            | RowWrite::WalletEntry(_)
            | RowWrite::Key(_)
            | RowWrite::AuditEntry(_)
            | RowWrite::Layout(_)
            | RowWrite::Session(_) => {}
        }
    }

    /// Returns the id of the next reservation.
    pub(super) fn next_reservation(&self) -> ReservationId {
        let count = u128::try_from(self.reservations.len()).unwrap_or(u128::MAX);
        ReservationId(uuid::Uuid::from_u128(count))
    }
}

fn versioned<T>(write: Write<T>) -> Versioned<T> {
    Versioned::new(write.version(), write.row)
}

/// Returns the holder of a token. Ids are indexes in the crowd.
fn token_holder(token: TokenId) -> UserIndex {
    user_index(token.0)
}

fn user_index(id: uuid::Uuid) -> UserIndex {
    UserIndex::try_from(id.as_u128()).unwrap_or(UserIndex::MAX)
}
