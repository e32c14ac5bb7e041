//! The rows of a group's changes, table by table.

use std::collections::BTreeSet;

use domain::change::Check;
use domain::{Change, ConcertId, QueueId, QueueToken, ScheduleId, Version, Write};
use time::OffsetDateTime;

use crate::instant::micros;
use crate::rows::{concert, deed, entry, event, key, payment, queue, reservation, schedule, seat, token, user, wallet};

/// Rows to be inserted and rows to be updated.
pub struct RowsToWrite<R> {
    /// To be inserted.
    pub new: Vec<R>,
    /// To be updated; their versions are the new ones.
    pub old: Vec<R>,
}

impl<R> Default for RowsToWrite<R> {
    fn default() -> Self {
        Self { new: Vec::new(), old: Vec::new() }
    }
}

impl<R> RowsToWrite<R> {
    fn push(&mut self, expected: Option<Version>, row: R) {
        match expected {
            None => self.new.push(row),
            Some(_) => self.old.push(row),
        }
    }

    fn sort_by_key<K: Ord>(&mut self, key: impl Fn(&R) -> K) {
        self.new.sort_by_cached_key(&key);
        self.old.sort_by_cached_key(&key);
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.old.is_empty()
    }
}

/// The rows that a group relies on and doesn't write, each once, with the versions that they must have.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct Checks {
    pub queues: BTreeSet<(QueueId, Version)>,
    pub concerts: BTreeSet<(ConcertId, Version)>,
    pub schedules: BTreeSet<(ScheduleId, Version)>,
}

impl Checks {
    fn extend(&mut self, checks: &[Check]) {
        for check in checks {
            match *check {
                Check::Queue(id, version) => self.queues.extend([(id, version)]),
                Check::Concert(id, version) => self.concerts.extend([(id, version)]),
                Check::Schedule(id, version) => self.schedules.extend([(id, version)]),
            }
        }
    }
}

/// All rows that a group writes.
#[expect(missing_docs, reason = "each is what its name says")]
pub struct Batch {
    at: i64,
    pub checks: Checks,
    pub queues: RowsToWrite<queue::Model>,
    pub concerts: RowsToWrite<concert::Model>,
    pub schedules: RowsToWrite<schedule::Model>,
    pub deeds: Vec<deed::Row>,
    /// Concerts of which nothing may be HELD.
    pub unheld: Vec<ConcertId>,
    /// Queues and concerts of which no live token of the one may name the other.
    pub unawaited: Vec<(QueueId, ConcertId)>,
    pub admissions: Vec<queue::Admission>,
    pub users: Vec<user::Model>,
    pub tokens: RowsToWrite<token::Model>,
    pub seats: RowsToWrite<seat::Model>,
    pub reservations: RowsToWrite<reservation::Row>,
    pub payments: RowsToWrite<payment::Model>,
    pub wallets: RowsToWrite<wallet::Model>,
    pub entries: Vec<entry::Model>,
    pub keys: RowsToWrite<key::Model>,
    pub events: Vec<event::Row>,
}

impl Batch {
    /// No rows yet; events will have happened at `now`.
    pub fn at(now: OffsetDateTime) -> Self {
        Self {
            at: micros(now),
            checks: Checks::default(),
            queues: RowsToWrite::default(),
            concerts: RowsToWrite::default(),
            schedules: RowsToWrite::default(),
            deeds: Vec::new(),
            unheld: Vec::new(),
            unawaited: Vec::new(),
            admissions: Vec::new(),
            users: Vec::new(),
            tokens: RowsToWrite::default(),
            seats: RowsToWrite::default(),
            reservations: RowsToWrite::default(),
            payments: RowsToWrite::default(),
            wallets: RowsToWrite::default(),
            entries: Vec::new(),
            keys: RowsToWrite::default(),
            events: Vec::new(),
        }
    }

    /// Adds the rows of `change`; `number` is its join's.
    pub fn add(&mut self, change: &Change, number: Option<u64>) {
        self.checks.extend(&change.checks);
        change.queues.iter().for_each(|write| self.queues.push(write.expected, write.into()));
        change.concerts.iter().for_each(|write| self.concerts.push(write.expected, write.into()));
        change.schedules.iter().for_each(|write| self.schedules.push(write.expected, write.into()));
        self.deeds.extend(change.deed.iter().map(deed::Row::from));
        self.unheld.extend(change.unheld);
        self.unawaited.extend(change.unawaited);
        self.admissions.extend(change.admission.map(|(queue, version)| queue::Admission { queue_id: queue.0, version: version.next().0 }));
        self.users.extend(change.user.iter().map(user::Model::from));
        change.tokens.iter().for_each(|write| self.tokens.push(write.expected, write.into()));
        if let Some((new, number)) = change.join.as_ref().zip(number) {
            let joined: Write<QueueToken> = Write::insert(new.clone().numbered(number));
            self.tokens.push(None, (&joined).into());
        }
        change.seats.iter().for_each(|write| self.seats.push(write.expected, write.into()));
        change.reservations.iter().for_each(|write| self.reservations.push(write.expected, write.into()));
        change.payment.iter().for_each(|write| self.payments.push(write.expected, write.into()));
        change.wallet.iter().for_each(|write| self.wallets.push(write.expected, write.into()));
        self.entries.extend(change.entry.iter().map(entry::Model::from));
        change.key.iter().for_each(|write| self.keys.push(write.expected, write.into()));
        let at = self.at;
        self.events.extend(change.events.iter().map(|event| event::Row::new(event, at)));
    }

    /// Puts the rows of each table in the order of their keys: the order in which every group locks them.
    pub fn sort(&mut self) {
        self.queues.sort_by_key(|row| row.id);
        self.concerts.sort_by_key(|row| row.id);
        self.schedules.sort_by_key(|row| row.id);
        self.admissions.sort_unstable_by_key(|row| row.queue_id);
        self.users.sort_unstable_by_key(|row| row.id);
        self.tokens.sort_by_key(|row| row.id);
        self.seats.sort_by_key(|row| (row.schedule_id, row.number));
        self.reservations.sort_by_key(|row| row.id);
        self.payments.sort_by_key(|row| row.id);
        self.wallets.sort_by_key(|row| row.user_id);
        self.entries.sort_unstable_by_key(|row| (row.user_id, row.sequence));
        self.keys.sort_by_key(|row| (row.user_id, row.route.clone(), row.request_key.clone()));
    }
}
