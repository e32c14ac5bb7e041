//! The rows of a group's changes, table by table.

use domain::{Change, QueueToken, Version, Write};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::instant::micros;
use crate::rows::{entry, event, key, payment, reservation, seat, token, user, wallet};

/// Rows to be inserted and rows to be updated.
pub(super) struct Rows<R> {
    pub(super) new: Vec<R>,
    pub(super) old: Vec<R>,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self { new: Vec::new(), old: Vec::new() }
    }
}

impl<R> Rows<R> {
    fn push(&mut self, expected: Option<Version>, row: R) {
        match expected {
            None => self.new.push(row),
            Some(_) => self.old.push(row),
        }
    }
}

/// All rows that a group writes.
pub(super) struct Batch<'a> {
    at: i64,
    pub(super) admissions: Vec<Uuid>,
    pub(super) users: Vec<user::Model>,
    pub(super) tokens: Rows<token::Model>,
    pub(super) seats: Rows<seat::Model>,
    pub(super) reservations: Rows<reservation::Row>,
    pub(super) payments: Rows<payment::Model>,
    pub(super) wallets: Rows<wallet::Model>,
    pub(super) entries: Vec<entry::Model>,
    pub(super) keys: Rows<key::Written<'a>>,
    pub(super) events: Vec<event::Row>,
}

impl<'a> Batch<'a> {
    /// No rows yet; events will have happened at `now`.
    pub(super) fn at(now: OffsetDateTime) -> Self {
        Self {
            at: micros(now),
            admissions: Vec::new(),
            users: Vec::new(),
            tokens: Rows::default(),
            seats: Rows::default(),
            reservations: Rows::default(),
            payments: Rows::default(),
            wallets: Rows::default(),
            entries: Vec::new(),
            keys: Rows::default(),
            events: Vec::new(),
        }
    }

    /// Adds the rows of `change`; `number` is its join's.
    pub(super) fn add(&mut self, change: &'a Change, number: Option<u64>) {
        self.admissions.extend(change.admission.map(|(queue, _)| queue.0));
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
}
