//! Commits: a change is written as a whole, or a guard fails and nothing is written.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{ModelStore, QueueRows, Table};
use crate::admission::Admission;
use crate::reservation::ReservationStatus;
use crate::{Change, Guard, NewToken, QueueToken, Reservation, RowWrite, TokenState, Version, Versioned, Write};

/// The reason why a change was not committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Conflict {
    /// A deadline that the decision relied on has passed.
    #[error("a deadline that the decision relied on has passed")]
    TooLate,
    /// A row or a condition that the decision relied on has changed.
    #[error("a row or a condition that the decision relied on has changed")]
    GuardFailed,
}

fn is_unchanged<K: Ord, T>(rows: &Table<K, T>, key: &K, write: &Write<T>) -> bool {
    version(rows, key) == write.expected
}

/// Returns whether a row that is inserted only can be written.
fn is_new<K: Ord, T>(rows: &BTreeMap<K, T>, key: &K, write: &Write<T>) -> bool {
    write.expected.is_none() && !rows.contains_key(key)
}

fn version<K: Ord, T>(rows: &Table<K, T>, key: &K) -> Option<Version> {
    rows.get(key).map(|row| row.version)
}

fn put<K: Ord, T: Clone>(rows: &mut Table<K, T>, key: K, write: &Write<T>) {
    rows.insert(key, write.versioned());
}

impl ModelStore {
    /// Writes the rows of `change` if its guards hold now.
    ///
    /// # Errors
    /// [`Conflict`] if nothing was written.
    pub fn commit(&mut self, change: &Change) -> Result<(), Conflict> {
        if change.not_after.is_some_and(|deadline| deadline <= self.now) {
            return Err(Conflict::TooLate);
        }
        if !self.guards_hold(change) {
            return Err(Conflict::GuardFailed);
        }
        change.writes.iter().for_each(|write| self.write(write));
        Ok(())
    }

    fn guards_hold(&self, change: &Change) -> bool {
        change.guards.iter().all(|guard| self.holds(*guard, change)) && change.writes.iter().all(|write| self.is_as_seen(write, change))
    }

    fn holds(&self, guard: Guard, change: &Change) -> bool {
        match guard {
            Guard::Queue(id, seen) => self.queues.get(&id).is_some_and(|line| line.queue.version == seen),
            Guard::Concert(id, seen) => version(&self.concerts, &id) == Some(seen),
            Guard::Schedule(id, seen) => version(&self.schedules, &id) == Some(seen),
            Guard::NoLiveHold(concert) => {
                let is_held = |hold: &Reservation| hold.concert() == concert && self.status(hold) == ReservationStatus::Held;
                !self.reservations.values().any(|reservation| is_held(reservation))
            }
            Guard::NoLiveToken(queue, concert) => {
                let waits_for_it = |token: &QueueToken| token.queue() == queue && token.concert() == Some(concert);
                !self.tokens.values().any(|token| waits_for_it(token) && token.is_live() && !token.has_lapsed(self.now))
            }
            Guard::MaxWaiting(queue, limit) => {
                let leaves_queue =
                    |id| change.rows::<QueueToken>().any(|write| write.row.id() == id && write.row.state() != TokenState::Waiting);
                let remaining = self.waiting(queue).filter(|token| !leaves_queue(token.id())).count();
                let added = change.rows::<NewToken>().filter(|place| place.row.queue == queue).count();
                remaining + added <= limit as usize
            }
        }
    }

    fn is_as_seen(&self, write: &RowWrite, change: &Change) -> bool {
        match write {
            RowWrite::Queue(queue) => self.queues.get(&queue.row.id()).map(|line| line.queue.version) == queue.expected,
            RowWrite::Admission(Write { expected, row }) => self.queues.get(&row.queue()).map(|line| line.admission.version) == *expected,
            RowWrite::Concert(concert) => is_unchanged(&self.concerts, &concert.row.id(), concert),
            RowWrite::Schedule(schedule) => is_unchanged(&self.schedules, &schedule.row.id(), schedule),
            RowWrite::User(user) => is_new(&self.users, &user.row.id, user),
            RowWrite::NewToken(place) => place.expected.is_none() && self.has_no_live_token(&place.row, change),
            RowWrite::Token(token) => is_unchanged(&self.tokens, &token.row.id(), token),
            RowWrite::Seat(seat) => is_unchanged(&self.seats, &(seat.row.schedule(), seat.row.number()), seat),
            RowWrite::Reservation(reservation) => is_unchanged(&self.reservations, &reservation.row.id(), reservation),
            RowWrite::Payment(payment) => is_unchanged(&self.payments, &payment.row.id(), payment),
            RowWrite::Wallet(wallet) => is_unchanged(&self.wallets, &wallet.row.user(), wallet),
            RowWrite::WalletEntry(entry) => is_new(&self.entries, &entry.row.id(), entry),
            RowWrite::Key(key) => is_unchanged(&self.keys, &key.row.scope, key),
            RowWrite::AuditEntry(audit_entry) => is_new(&self.audit_entries, &audit_entry.row.id, audit_entry),
            RowWrite::Layout(_) => true,
            RowWrite::Session(session) => is_unchanged(&self.sessions, &(session.row.user(), session.row.slot()), session),
        }
    }

    /// Returns whether the queue exists and the user has no live token in it, except one that `change` itself ends.
    fn has_no_live_token(&self, new: &NewToken, change: &Change) -> bool {
        let is_ended = |id| change.rows::<QueueToken>().any(|write| write.row.id() == id && !write.row.is_live());
        let occupies = |token: &QueueToken| token.queue() == new.queue && token.user() == new.user && token.is_live();
        self.queues.contains_key(&new.queue) && !self.tokens.values().any(|token| occupies(token) && !is_ended(token.id()))
    }

    fn write(&mut self, write: &RowWrite) {
        match write {
            RowWrite::Queue(queue) => {
                let old = self.queues.get(&queue.row.id());
                let new = || (Versioned::new(Version::FIRST, Admission::new(queue.row.id())), 0);
                let (admission, last_number) = old.map_or_else(new, |line| (line.admission.clone(), line.last_number));
                self.queues.insert(queue.row.id(), QueueRows { queue: queue.versioned(), admission, last_number });
            }
            RowWrite::Admission(admission) => {
                self.queues.entry(admission.row.queue()).and_modify(|line| line.admission = admission.versioned());
            }
            RowWrite::Concert(concert) => put(&mut self.concerts, concert.row.id(), concert),
            RowWrite::Schedule(schedule) => put(&mut self.schedules, schedule.row.id(), schedule),
            RowWrite::User(user) => _ = self.users.insert(user.row.id, user.row.clone()),
            RowWrite::NewToken(place) => {
                if let Some(line) = self.queues.get_mut(&place.row.queue) {
                    line.last_number += 1;
                    put(&mut self.tokens, place.row.id, &Write::insert(place.row.clone().numbered(line.last_number)));
                }
            }
            RowWrite::Token(token) => put(&mut self.tokens, token.row.id(), token),
            RowWrite::Seat(seat) => put(&mut self.seats, (seat.row.schedule(), seat.row.number()), seat),
            RowWrite::Reservation(reservation) => put(&mut self.reservations, reservation.row.id(), reservation),
            RowWrite::Payment(payment) => put(&mut self.payments, payment.row.id(), payment),
            RowWrite::Wallet(wallet) => put(&mut self.wallets, wallet.row.user(), wallet),
            RowWrite::WalletEntry(entry) => _ = self.entries.insert(entry.row.id(), entry.row),
            RowWrite::Key(key) => put(&mut self.keys, key.row.scope.clone(), key),
            RowWrite::AuditEntry(audit_entry) => _ = self.audit_entries.insert(audit_entry.row.id, audit_entry.row.clone()),
            RowWrite::Layout(layout) => _ = self.layouts.insert(layout.row.hash(), layout.row.clone()),
            RowWrite::Session(session) => put(&mut self.sessions, (session.row.user(), session.row.slot()), session),
        }
    }
}
