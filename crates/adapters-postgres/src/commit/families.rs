//! The parts of a group's statement.

use adapters_sql::commit::Batch;

/// The tables that a group writes besides tokens, keys and events: a bit set of families.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Families(pub(super) usize);

impl Families {
    /// Joins and admissions.
    pub(super) const JOINS: usize = 1;
    /// Seats and reservations.
    pub(super) const RESERVATIONS: usize = 2;
    /// Users, payments, wallets.
    pub(super) const MONEY: usize = 4;
    /// Rows that few groups write: refunded payments, keys reused after their retention, new seats, used tickets.
    pub(super) const RARE: usize = 8;
    /// Rows that operators create and change.
    pub(super) const CATALOGUE: usize = 16;
    /// Sessions.
    pub(super) const SESSIONS: usize = 32;
    /// The number of sets.
    pub(super) const ALL: usize = 64;

    pub(super) fn of(batch: &Batch) -> Self {
        let Batch { queues, concerts, schedules, audit_entries, checks, .. } = batch;
        let Batch { users, seats, reservations, payments, wallets, entries, keys, tokens, admissions, sessions, .. } = batch;
        let joins = !admissions.is_empty() || !tokens.new.is_empty();
        let is_used = reservations.old.iter().any(|row| row.used_seats().next().is_some());
        let reservations = !seats.is_empty() || !reservations.is_empty();
        let money = !users.is_empty() || !payments.is_empty() || !wallets.is_empty() || !entries.is_empty();
        let rare = !payments.old.is_empty() || !keys.old.is_empty() || !seats.new.is_empty() || is_used;
        let guarded = !checks.unheld.is_empty() || !checks.unawaited.is_empty();
        let catalogue = guarded || !queues.is_empty() || !concerts.is_empty() || !schedules.is_empty() || !audit_entries.is_empty();
        let family = |is_included: bool, family: usize| if is_included { family } else { 0 };
        let [joins, reservations, money] =
            [family(joins, Self::JOINS), family(reservations, Self::RESERVATIONS), family(money, Self::MONEY)];
        let sessions = family(!sessions.is_empty(), Self::SESSIONS);
        Self(joins | reservations | money | sessions | family(rare, Self::RARE) | family(catalogue, Self::CATALOGUE))
    }

    pub(super) const fn have(self, family: usize) -> bool {
        self.0 & family > 0
    }
}
