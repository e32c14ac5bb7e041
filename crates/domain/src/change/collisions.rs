//! Collisions: which changes can't be committed in one group, because one writes what the other writes or relies on.

use std::collections::HashSet;

use super::{Change, Guard, RowKey, RowWrite};
use crate::{ConcertId, QueueId, ReservationState};

/// What the changes of a group write and rely on.
///
/// A store may write a group's rows all at once, by what it saw before any of them. So what one change relies on must not be written by
/// another. A set of rows that a guard wants to be empty counts as well: changes that add to it don't collide with each other, but each of
/// them does with the change that relies on it. Only room in a queue is no matter here: the store counts, change by change.
#[derive(Debug, Clone, Default)]
pub struct Collisions {
    written: HashSet<RowKey>,
    relied_on: HashSet<RowKey>,
    added_to: HashSet<RowSet>,
    wanted_empty: HashSet<RowSet>,
}

/// A set of rows that a guard may want to be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum RowSet {
    LiveHolds(ConcertId),
    LiveTokens(QueueId, ConcertId),
}

impl Collisions {
    /// Takes `change` into the group, unless it collides with one that is in it; whether it did.
    pub fn admit(&mut self, change: &Change) -> bool {
        let written: Vec<RowKey> = change.keys().collect();
        let relied_on: Vec<RowKey> = change.guards.iter().filter_map(row_of).collect();
        let added_to: Vec<RowSet> = change.writes.iter().filter_map(set_added_to).collect();
        let wanted_empty: Vec<RowSet> = change.guards.iter().filter_map(set_of).collect();
        let apart = written.iter().all(|row| !self.written.contains(row) && !self.relied_on.contains(row))
            && relied_on.iter().all(|row| !self.written.contains(row))
            && added_to.iter().all(|set| !self.wanted_empty.contains(set))
            && wanted_empty.iter().all(|set| !self.added_to.contains(set));
        if apart {
            self.written.extend(written);
            self.relied_on.extend(relied_on);
            self.added_to.extend(added_to);
            self.wanted_empty.extend(wanted_empty);
        }
        apart
    }
}

/// The row that a guard relies on.
const fn row_of(guard: &Guard) -> Option<RowKey> {
    match *guard {
        Guard::Queue(id, _) => Some(RowKey::Queue(id)),
        Guard::Concert(id, _) => Some(RowKey::Concert(id)),
        Guard::Schedule(id, _) => Some(RowKey::Schedule(id)),
        Guard::NoLiveHold(_) | Guard::NoLiveToken(..) | Guard::Room(..) => None,
    }
}

/// The set that a guard wants to be empty.
const fn set_of(guard: &Guard) -> Option<RowSet> {
    match *guard {
        Guard::NoLiveHold(concert) => Some(RowSet::LiveHolds(concert)),
        Guard::NoLiveToken(queue, concert) => Some(RowSet::LiveTokens(queue, concert)),
        Guard::Queue(..) | Guard::Concert(..) | Guard::Schedule(..) | Guard::Room(..) => None,
    }
}

/// The set that a row is in once it is written.
fn set_added_to(write: &RowWrite) -> Option<RowSet> {
    match write {
        RowWrite::Reservation(write) if write.row.state() == ReservationState::Held => Some(RowSet::LiveHolds(write.row.concert())),
        RowWrite::Place(write) => write.row.concert.map(|concert| RowSet::LiveTokens(write.row.queue, concert)),
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
        | RowWrite::Entry(_)
        | RowWrite::Key(_)
        | RowWrite::AuditEntry(_) => None,
    }
}
