//! Collisions: two changes can't be committed in one group if one writes rows that the other writes or relies on.

use std::collections::HashSet;

use super::{Change, Guard, RowKey, RowWrite};
use crate::{ConcertId, QueueId, ReservationState};

/// The rows and sets of rows that the changes of a group write and rely on.
///
/// A store may write all rows of a group at once, after checking the guards against the state before the group. So a row that one change
/// relies on must not be written by another. The same applies to a set of rows that a guard requires to be empty: changes that add to the
/// set don't collide with each other, but each collides with a change that relies on the set. Only [`Guard::MaxWaiting`] never collides: the
/// store counts the room in a queue change by change.
#[derive(Debug, Clone, Default)]
pub struct Collisions {
    written: HashSet<RowKey>,
    relied_on: HashSet<RowKey>,
    added_to: HashSet<RowSet>,
    required_empty: HashSet<RowSet>,
}

/// A set of rows that a guard may require to be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum RowSet {
    LiveHolds(ConcertId),
    LiveTokens(QueueId, ConcertId),
}

impl Collisions {
    /// Adds `change` to the group unless it collides with a change in the group. Returns whether it was added.
    pub fn admit(&mut self, change: &Change) -> bool {
        self.admit_except(change, None)
    }

    /// Like [`Self::admit`], for a change that is chained to a change of the group that writes the same wallet: see [`Change::chain`].
    pub fn admit_chained(&mut self, change: &Change) -> bool {
        self.admit_except(change, change.wallet_key().as_ref())
    }

    fn admit_except(&mut self, change: &Change, shared: Option<&RowKey>) -> bool {
        let written: Vec<RowKey> = change.keys().filter(|row| Some(row) != shared).collect();
        let relied_on: Vec<RowKey> = change.guards.iter().filter_map(row_of).collect();
        let added_to: Vec<RowSet> = change.writes.iter().filter_map(set_added_to).collect();
        let required_empty: Vec<RowSet> = change.guards.iter().filter_map(set_of).collect();
        let is_compatible = written.iter().all(|row| !self.written.contains(row) && !self.relied_on.contains(row))
            && relied_on.iter().all(|row| !self.written.contains(row))
            && added_to.iter().all(|set| !self.required_empty.contains(set))
            && required_empty.iter().all(|set| !self.added_to.contains(set));
        if is_compatible {
            self.written.extend(written);
            self.relied_on.extend(relied_on);
            self.added_to.extend(added_to);
            self.required_empty.extend(required_empty);
        }
        is_compatible
    }
}

/// Returns the row that a guard relies on.
const fn row_of(guard: &Guard) -> Option<RowKey> {
    match *guard {
        Guard::Queue(id, _) => Some(RowKey::Queue(id)),
        Guard::Concert(id, _) => Some(RowKey::Concert(id)),
        Guard::Schedule(id, _) => Some(RowKey::Schedule(id)),
        Guard::NoLiveHold(_) | Guard::NoLiveToken(..) | Guard::MaxWaiting(..) => None,
    }
}

/// Returns the set that a guard requires to be empty.
const fn set_of(guard: &Guard) -> Option<RowSet> {
    match *guard {
        Guard::NoLiveHold(concert) => Some(RowSet::LiveHolds(concert)),
        Guard::NoLiveToken(queue, concert) => Some(RowSet::LiveTokens(queue, concert)),
        Guard::Queue(..) | Guard::Concert(..) | Guard::Schedule(..) | Guard::MaxWaiting(..) => None,
    }
}

/// Returns the set that a row belongs to once it is written.
fn set_added_to(write: &RowWrite) -> Option<RowSet> {
    match write {
        RowWrite::Reservation(write) if write.row.state() == ReservationState::Held => Some(RowSet::LiveHolds(write.row.concert())),
        RowWrite::NewToken(write) => write.row.concert.map(|concert| RowSet::LiveTokens(write.row.queue, concert)),
        RowWrite::Token(write) if write.row.is_live() => write.row.concert().map(|concert| RowSet::LiveTokens(write.row.queue(), concert)),
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
        | RowWrite::WalletEntry(_)
        | RowWrite::Key(_)
        | RowWrite::AuditEntry(_)
        | RowWrite::Layout(_)
        | RowWrite::Session(_) => None,
    }
}
