//! Which parts a group's statement has.

use adapters_sql::commit::Batch;

/// What a group writes beside tokens, keys and events: a set of families, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Families(pub(super) usize);

impl Families {
    /// Joins and ticks.
    pub(super) const LINES: usize = 1;
    /// Seats and reservations.
    pub(super) const RESERVATIONS: usize = 2;
    /// Users, payments, wallets.
    pub(super) const MONEY: usize = 4;
    /// What hardly any group writes: refunded payments, keys used again after their retention, seats that are new.
    pub(super) const RARE: usize = 8;
    /// What operators make and change.
    pub(super) const CATALOGUE: usize = 16;
    /// How many sets there are.
    pub(super) const ALL: usize = 32;

    pub(super) fn of(batch: &Batch) -> Self {
        let Batch { queues, concerts, schedules, audit_entries, checks, .. } = batch;
        let Batch { users, seats, reservations, payments, wallets, entries, keys, tokens, admissions, .. } = batch;
        let lines = !admissions.is_empty() || !tokens.new.is_empty();
        let reservations = !seats.is_empty() || !reservations.is_empty();
        let money = !users.is_empty() || !payments.is_empty() || !wallets.is_empty() || !entries.is_empty();
        let rare = !payments.old.is_empty() || !keys.old.is_empty() || !seats.new.is_empty();
        let guarded = !checks.unheld.is_empty() || !checks.unawaited.is_empty();
        let catalogue = guarded || !queues.is_empty() || !concerts.is_empty() || !schedules.is_empty() || !audit_entries.is_empty();
        let family = |there: bool, family: usize| if there { family } else { 0 };
        let [lines, reservations, money] =
            [family(lines, Self::LINES), family(reservations, Self::RESERVATIONS), family(money, Self::MONEY)];
        Self(lines | reservations | money | family(rare, Self::RARE) | family(catalogue, Self::CATALOGUE))
    }

    pub(super) const fn have(self, family: usize) -> bool {
        self.0 & family > 0
    }
}
