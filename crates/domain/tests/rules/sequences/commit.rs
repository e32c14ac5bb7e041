//! A commit: a change is made durable whole, or a guard fails and nothing is.

use domain::change::Check;
use domain::{Change, Version, Versioned, Write};

use super::world::{Rows, World};

/// Why a change was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// A deadline that it relied on has passed.
    TooLate,
    /// A row is no longer what the decision saw.
    GuardLost,
}

fn stands<K: Ord, T>(rows: &Rows<K, T>, key: &K, write: &Write<T>) -> bool {
    version(rows, key) == write.expected
}

fn version<K: Ord, T>(rows: &Rows<K, T>, key: &K) -> Option<Version> {
    rows.get(key).map(|row| row.version)
}

fn put<K: Ord, T: Clone>(rows: &mut Rows<K, T>, key: K, write: &Write<T>) {
    rows.insert(key, Versioned::new(write.version(), write.row.clone()));
}

impl World {
    pub(crate) fn commit(&mut self, change: &Change) -> Result<(), Conflict> {
        if change.not_after.is_some_and(|deadline| deadline <= self.now) {
            return Err(Conflict::TooLate);
        }
        if !self.guards_hold(change) {
            return Err(Conflict::GuardLost);
        }
        self.write(change);
        Ok(())
    }

    fn guards_hold(&self, change: &Change) -> bool {
        let checked = change.checks.iter().all(|check| match check {
            Check::Queue(id, seen) => self.lines.get(id).is_some_and(|line| line.queue.version == *seen),
            Check::Concert(id, seen) => version(&self.concerts, id) == Some(*seen),
            Check::Schedule(id, seen) => version(&self.dates, id) == Some(*seen),
        });
        let admits = change.admission.is_none_or(|(id, seen)| self.lines.get(&id).is_some_and(|line| line.admission == seen));
        // A place that this very change vacates is free.
        let place_is_free = change.join.as_ref().is_none_or(|new| {
            let vacated = |id| change.tokens.iter().any(|write| write.row.id == id && !write.row.is_live());
            let occupies = |token: &domain::QueueToken| token.queue == new.queue && token.user == new.user && token.is_live();
            self.lines.contains_key(&new.queue) && !self.tokens.values().any(|token| occupies(token) && !vacated(token.id))
        });
        checked
            && admits
            && place_is_free
            && change.user.as_ref().is_none_or(|user| !self.users.contains_key(&user.id))
            && change.tokens.iter().all(|write| stands(&self.tokens, &write.row.id, write))
            && change.seats.iter().all(|write| stands(&self.seats, &(write.row.schedule, write.row.number), write))
            && change.reservations.iter().all(|write| stands(&self.reservations, &write.row.id, write))
            && change.payment.iter().all(|write| stands(&self.payments, &write.row.id, write))
            && change.wallet.iter().all(|write| stands(&self.wallets, &write.row.user, write))
            && change.key.iter().all(|write| stands(&self.keys, &write.row.scope, write))
    }

    fn write(&mut self, change: &Change) {
        if let Some(line) = change.admission.and_then(|(id, _)| self.lines.get_mut(&id)) {
            line.admission = line.admission.next();
        }
        self.users.extend(change.user.iter().map(|user| (user.id, user.clone())));
        change.tokens.iter().for_each(|write| put(&mut self.tokens, write.row.id, write));
        if let Some((new, line)) = change.join.as_ref().and_then(|new| Some((new, self.lines.get_mut(&new.queue)?))) {
            line.last_number += 1;
            put(&mut self.tokens, new.id, &Write::insert(new.clone().numbered(line.last_number)));
        }
        change.seats.iter().for_each(|write| put(&mut self.seats, (write.row.schedule, write.row.number), write));
        change.reservations.iter().for_each(|write| put(&mut self.reservations, write.row.id, write));
        change.payment.iter().for_each(|write| put(&mut self.payments, write.row.id, write));
        change.wallet.iter().for_each(|write| put(&mut self.wallets, write.row.user, write));
        self.entries.extend(change.entry.iter().map(|entry| (entry.id, *entry)));
        change.key.iter().for_each(|write| put(&mut self.keys, write.row.scope.clone(), write));
    }
}
