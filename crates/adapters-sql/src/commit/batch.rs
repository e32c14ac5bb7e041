//! The rows of a group's changes, table by table.

use std::collections::BTreeSet;

use domain::change::Guard;
use domain::{Change, ConcertId, QueueId, RowWrite, ScheduleId, Version, Write};

use crate::rows::{
    audit_entry, concert, entry, key, layout, log, payment, queue, reservation, schedule, seat, session, token, user, user_search_key,
    wallet,
};

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

/// The rows that a group relies on but does not write, each once, with the versions that they must have; and the conditions that must hold.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "the field names are self-explanatory")]
pub struct Checks {
    pub queues: BTreeSet<(QueueId, Version)>,
    pub concerts: BTreeSet<(ConcertId, Version)>,
    pub schedules: BTreeSet<(ScheduleId, Version)>,
    /// Concerts that must not have HELD reservations.
    pub unheld: Vec<ConcertId>,
    /// Queues and concerts: no live token of the queue may name the concert.
    pub unawaited: Vec<(QueueId, ConcertId)>,
}

impl Checks {
    fn add(&mut self, guard: Guard) {
        match guard {
            Guard::Queue(id, version) => self.queues.extend([(id, version)]),
            Guard::Concert(id, version) => self.concerts.extend([(id, version)]),
            Guard::Schedule(id, version) => self.schedules.extend([(id, version)]),
            Guard::NoLiveHold(concert) => self.unheld.push(concert),
            Guard::NoLiveToken(queue, concert) => self.unawaited.push((queue, concert)),
            // Counted under the lock of the queue's counter, see `WaitingCounts`.
            Guard::MaxWaiting(..) => {}
        }
    }
}

/// All rows that a group writes.
#[expect(missing_docs, reason = "the field names are self-explanatory")]
#[derive(Default)]
pub struct Batch {
    pub checks: Checks,
    pub queues: RowsToWrite<queue::Model>,
    pub concerts: RowsToWrite<concert::Model>,
    pub schedules: RowsToWrite<schedule::Model>,
    pub audit_entries: Vec<audit_entry::Row>,
    /// The layouts; those that exist already aren't written again.
    pub layouts: Vec<layout::Model>,
    pub admissions: Vec<queue::Admission>,
    pub users: Vec<user::Model>,
    /// The search keys of the new users.
    pub user_search_keys: Vec<user_search_key::Row>,
    pub tokens: RowsToWrite<token::Model>,
    pub seats: RowsToWrite<seat::Model>,
    pub reservations: RowsToWrite<reservation::Row>,
    pub payments: RowsToWrite<payment::Model>,
    pub wallets: RowsToWrite<wallet::Model>,
    pub entries: Vec<entry::Model>,
    pub keys: RowsToWrite<key::Model>,
    pub sessions: RowsToWrite<session::Model>,
    /// The log entry.
    pub log: log::Entry,
}

impl Batch {
    /// Adds the rows of `change`; `number` is the number of its join.
    pub fn add(&mut self, change: &Change, number: Option<u64>) {
        change.guards.iter().for_each(|guard| self.checks.add(*guard));
        change.writes.iter().for_each(|write| self.write(write, number));
        self.log.add(change, number);
    }

    fn write(&mut self, write: &RowWrite, number: Option<u64>) {
        let expected = write.expected();
        match write {
            RowWrite::Queue(queue) => self.queues.push(expected, queue.into()),
            RowWrite::Admission(admission) => self.admissions.push(admission.into()),
            RowWrite::Concert(concert) => self.concerts.push(expected, concert.into()),
            RowWrite::Schedule(schedule) => self.schedules.push(expected, schedule.into()),
            RowWrite::User(user) => {
                self.users.push((&user.row).into());
                self.user_search_keys.extend(user_search_key::rows_of(&user.row));
            }
            RowWrite::NewToken(place) => {
                if let Some(number) = number {
                    self.tokens.push(expected, (&Write::insert(place.row.clone().numbered(number))).into());
                }
            }
            RowWrite::Token(token) => self.tokens.push(expected, token.into()),
            RowWrite::Seat(seat) => self.seats.push(expected, seat.into()),
            RowWrite::Reservation(reservation) => self.reservations.push(expected, reservation.into()),
            RowWrite::Payment(payment) => self.payments.push(expected, payment.into()),
            RowWrite::Wallet(wallet) => self.wallets.push(expected, wallet.into()),
            RowWrite::WalletEntry(entry) => self.entries.push((&entry.row).into()),
            RowWrite::Key(key) => self.keys.push(expected, key.into()),
            RowWrite::AuditEntry(audit_entry) => self.audit_entries.push((&audit_entry.row).into()),
            RowWrite::Session(session) => self.sessions.push(expected, session.into()),
            RowWrite::Layout(layout) => self.layouts.push((&layout.row).into()),
        }
    }

    /// Sorts the rows of each table by key: the order in which every group locks them.
    pub fn sort(&mut self) {
        self.queues.sort_by_key(|row| row.id);
        self.concerts.sort_by_key(|row| row.id);
        self.schedules.sort_by_key(|row| row.id);
        self.layouts.sort_unstable_by(|a, b| a.hash.cmp(&b.hash));
        self.admissions.sort_unstable_by_key(|row| row.queue_id);
        self.users.sort_unstable_by_key(|row| row.id);
        self.user_search_keys.sort_unstable_by(|a, b| (&a.search_key, a.user_id).cmp(&(&b.search_key, b.user_id)));
        self.tokens.sort_by_key(|row| row.id);
        self.seats.sort_by_key(|row| (row.schedule_id, row.number));
        self.reservations.sort_by_key(|row| row.id);
        self.payments.sort_by_key(|row| row.id);
        self.wallets.sort_by_key(|row| row.user_id);
        self.entries.sort_unstable_by_key(|row| (row.user_id, row.sequence));
        self.sessions.sort_by_key(|row| (row.user_id, row.slot));
        self.keys.sort_by_key(|row| (row.user_id, row.route.clone(), row.idempotency_key.clone()));
    }
}
