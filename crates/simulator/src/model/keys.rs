//! Idempotency keys: a key takes effect at most once, and a refused request takes no effect.

use std::collections::{HashMap, HashSet};

use domain::{
    IdempotencyRecord, IdempotencyScope, Outcome, Payment, PaymentState, Reservation, ReservationState, WalletEntry, WalletEntryKind,
};
use time::OffsetDateTime;

use super::commit::Commit;
use crate::violation::{Check, ensure};

/// The idempotency records.
#[derive(Default)]
pub(crate) struct Keys {
    recorded: HashMap<IdempotencyScope, (Outcome, OffsetDateTime)>,
    /// Keys of refused requests, which must not be recorded later.
    refused: HashSet<IdempotencyScope>,
}

impl Keys {
    /// The outcome recorded for a key.
    pub(crate) fn outcome(&self, scope: &IdempotencyScope) -> Option<&Outcome> {
        self.recorded.get(scope).map(|(outcome, _)| outcome)
    }

    /// Records a refusal, and checks that the request had no effect. No attempt of the request may have an unknown outcome.
    pub(crate) fn refuse(&mut self, scope: &IdempotencyScope) -> Check {
        ensure(!self.recorded.contains_key(scope), "P7", "a refused request took effect", || format!("{scope:?}"))?;
        self.refused.insert(scope.clone());
        Ok(())
    }

    /// Records a retry, which may take effect despite an earlier refusal.
    pub(crate) fn retry(&mut self, scope: &IdempotencyScope) {
        self.refused.remove(scope);
    }

    pub(super) fn commit(&mut self, commit: &Commit<'_>) -> Check {
        let change = commit.change;
        for record in change.rows::<IdempotencyRecord>() {
            let IdempotencyRecord { scope, outcome, expires_at, .. } = &record.row;
            ensure(!self.refused.contains(scope), "P7", "a refused request took effect later", || format!("{scope:?}"))?;
            let before = self.recorded.get(scope).filter(|(_, until)| commit.latest < *until);
            ensure(before.is_none(), "P3", "an idempotency key took effect twice", || format!("{scope:?}: {outcome:?} after {before:?}"))?;
            self.recorded.insert(scope.clone(), (outcome.clone(), *expires_at));
        }
        let is_recorded = |matches_outcome: &dyn Fn(&Outcome) -> bool| {
            change.rows::<IdempotencyRecord>().any(|record| matches_outcome(&record.row.outcome))
        };
        for entry in change.rows::<WalletEntry>().filter(|entry| entry.row.kind() == WalletEntryKind::Charge) {
            let recorded = is_recorded(&|outcome| matches!(outcome, Outcome::Charged(charged) if charged.id() == entry.row.id()));
            ensure(recorded, "P3", "a charge was committed without its idempotency record", || format!("{:?}", entry.row))?;
        }
        for payment in change.rows::<Payment>() {
            let recorded = is_recorded(&|outcome| matches!(outcome, Outcome::Paid { payment: paid, .. } if paid.id() == payment.row.id()));
            let how = match payment.row.state() {
                PaymentState::Completed => "a payment was committed without its idempotency record",
                PaymentState::Cancelled { .. } => "a refund was committed without its idempotency record",
            };
            ensure(recorded, "P3", how, || format!("{:?}", payment.row))?;
        }
        for hold in change.rows::<Reservation>().filter(|hold| hold.row.state() == ReservationState::Held) {
            let recorded =
                is_recorded(&|outcome| matches!(outcome, Outcome::Held { reservation, .. } if reservation.id() == hold.row.id()));
            ensure(recorded, "P3", "a hold was committed without its idempotency record", || format!("{:?}", hold.row.id()))?;
        }
        Ok(())
    }
}
