//! Management of the sale: releases holds, refunds payments, and refunds cancelled schedules.

use std::sync::Arc;

use domain::decide::admin::release::{self, Released};
use domain::decide::refund;
use domain::idempotency::IdempotentRequest;
use domain::{
    Fingerprint, IdempotencyKey, IdempotencyScope, Operation, Outcome, PaymentId, Refusal, Reservation, ReservationId, ReservationState,
    ScheduleId, WalletEntryId,
};
use tokio::task::JoinSet;

use super::Actor;
use crate::ports::{AdminQueries, Catalogue, Ids};
use crate::{Answer, Error, GroupCommit};

/// The result of refunding a batch of reservations of a cancelled schedule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RefundBatch {
    /// The number of released holds.
    pub released: u32,
    /// The number of refunded payments.
    pub refunded: u32,
    /// The number of reservations that remain to be released or refunded.
    pub remaining: u64,
}

/// Releases holds and refunds payments.
#[derive(Clone)]
pub struct ManageSale {
    commits: Arc<GroupCommit>,
    catalogue: Arc<dyn Catalogue>,
    admin: Arc<dyn AdminQueries>,
    ids: Arc<dyn Ids>,
}

impl ManageSale {
    /// Creates the use case over a group commit and the ports that read schedules.
    pub fn new(commits: Arc<GroupCommit>, catalogue: Arc<dyn Catalogue>, admin: Arc<dyn AdminQueries>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, catalogue, admin, ids }
    }

    /// Releases a hold of any user.
    pub async fn release(&self, by: &Actor, reservation: ReservationId) -> Result<Answer<Released>, Error> {
        self.commits.run(release::Command { order: by.order(&self.ids), reservation }).await
    }

    /// Refunds a payment of any user.
    pub async fn refund(&self, by: &Actor, idempotency: IdempotentRequest, payment: PaymentId) -> Result<Answer<Outcome>, Error> {
        let (order, user) = (Some(by.order(&self.ids)), by.operator);
        self.commits.run(refund::Command { user, order, idempotency, payment, entry: WalletEntryId(self.ids.ordered()) }).await
    }

    /// Releases holds and refunds payments of a cancelled schedule, up to `at_most` in total. The caller repeats it until nothing remains.
    /// Completed releases and refunds are kept if the call fails; those done by another call meanwhile are not done twice.
    pub async fn refund_batch(&self, by: &Actor, id: ScheduleId, at_most: u32) -> Result<RefundBatch, Error> {
        let schedule = self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?;
        if !schedule.is_cancelled() {
            return Err(Refusal::ScheduleNotCancelled.into());
        }
        let mut tasks = JoinSet::new();
        for reservation in self.admin.live_reservations(id, at_most).await? {
            let (sale, by) = (self.clone(), by.clone());
            tasks.spawn(async move { sale.end(&by, &reservation).await });
        }
        let mut done = RefundBatch::default();
        while let Some(ended) = tasks.join_next().await {
            match ended.map_err(|lost| Error::internal(&lost, "the task of a refund was lost"))?? {
                Ended::Released => done.released += 1,
                Ended::Refunded => done.refunded += 1,
                Ended::Earlier => {}
            }
        }
        Ok(RefundBatch { remaining: self.admin.count_live_reservations(id).await?, ..done })
    }

    async fn end(&self, by: &Actor, reservation: &Reservation) -> Result<Ended, Error> {
        // A reservation that another call ended is reported by that call, even if the operator is the same.
        let ended = match reservation.state() {
            ReservationState::Held => {
                let released = self.release(by, reservation.id()).await;
                released.map(|answer| if answer.outcome.by_this_order { Ended::Released } else { Ended::Earlier })
            }
            ReservationState::Confirmed { payment } => {
                let refunded = self.refund(by, refund_batch_key(by, payment)?, payment).await;
                refunded.map(|answer| if answer.replayed { Ended::Earlier } else { Ended::Refunded })
            }
            ReservationState::Cancelled { .. } => Ok(Ended::Earlier),
        };
        match ended {
            // Paid, released or refunded by another command since it was read.
            Err(Error::Refused(Refusal::NotReleasable(_) | Refusal::NotRefundable { .. })) => Ok(Ended::Earlier),
            ended => ended,
        }
    }
}

enum Ended {
    Released,
    Refunded,
    Earlier,
}

/// Returns the idempotency key under which an operator's batch refunds `payment`: the same for every attempt.
fn refund_batch_key(by: &Actor, payment: PaymentId) -> Result<IdempotentRequest, Error> {
    let key = IdempotencyKey::new(&format!("wind-up-{payment}"))
        .map_err(|invalid| Error::internal(&invalid, "the idempotency key of a refund is invalid"))?;
    let mut fingerprint = [0; 32];
    fingerprint[..16].copy_from_slice(payment.0.as_bytes());
    Ok(IdempotentRequest {
        scope: IdempotencyScope { user: by.operator, operation: Operation::Refund, key },
        fingerprint: Fingerprint(fingerprint),
    })
}

#[cfg(test)]
mod tests {
    use domain::testing::{
        ADA, BEN, CYD, NOW, SCHEDULE, a_hold, a_key_record, a_payment, a_schedule, a_seat, a_wallet, on_sale, payment_of,
    };
    use domain::{AuditEntry, CancelReason, Cancellation, Change, Money, Payment, PaymentState, Rows, Schedule, UserId, Versioned};

    use super::*;
    use crate::ports::{MockAdminQueries, MockCatalogue};
    use crate::testing::{CountingIds, MockedLanes};

    /// Returns the operator Cyd.
    fn by_cyd() -> Actor {
        Actor { operator: CYD, reason: None }
    }

    fn a_cancelled_schedule() -> Versioned<Schedule> {
        a_schedule().with(|row| row.cancel(Cancellation { at: NOW, reason: None }))
    }

    /// Returns the confirmed reservation of `user`: Ada's of seat 7, Ben's of seat 8.
    fn a_reservation(user: UserId) -> Versioned<Reservation> {
        a_hold(user, if user == ADA { &[7] } else { &[8] }).confirmed_by(payment_of(user))
    }

    /// Returns Ada's completed payment, or Ben's refunded one.
    fn a_payment_by(user: UserId) -> Versioned<Payment> {
        let state = if user == ADA { PaymentState::Completed } else { PaymentState::Cancelled { refunded_at: NOW } };
        a_payment(&a_reservation(user)).with(|payment| payment.restore(state))
    }

    /// Returns both payments with their reservations, seats and wallets.
    fn the_rows() -> Rows {
        let mut rows = on_sale().with(a_cancelled_schedule());
        for (user, number) in [(ADA, 7), (BEN, 8)] {
            let reservation = a_reservation(user);
            rows.add(a_seat(number).sold_to(reservation.id()));
            rows.add(reservation);
            rows.add(a_payment_by(user));
            rows.add(a_wallet(user, 0));
        }
        rows
    }

    /// Refunds a batch of [`SCHEDULE`], whose live reservations are `live`; three remain afterwards.
    async fn refund_batch(schedule: Versioned<Schedule>, live: Vec<Reservation>, rows: Rows) -> (Result<RefundBatch, Error>, Vec<Change>) {
        let (mut catalogue, mut admin) = (MockCatalogue::new(), MockAdminQueries::new());
        catalogue.expect_schedule().returning(move |_| Ok(Some(schedule.clone())));
        admin.expect_live_reservations().returning(move |_, _| Ok(live.clone()));
        admin.expect_count_live_reservations().returning(|_| Ok(3));
        let refund_batch = async |commits| {
            let sale = ManageSale::new(commits, Arc::new(catalogue), Arc::new(admin), Arc::new(CountingIds::default()));
            sale.refund_batch(&by_cyd(), SCHEDULE, 10).await
        };
        MockedLanes::with_rows(rows).run_and_record(refund_batch).await
    }

    #[tokio::test]
    async fn a_batch_refund_of_a_schedule_that_is_not_cancelled_is_refused() {
        let (refused, changes) = refund_batch(a_schedule(), vec![a_reservation(ADA).row], the_rows()).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::ScheduleNotCancelled))), "{refused:?}");
        assert_eq!(changes, []);
    }

    #[tokio::test]
    async fn each_payment_is_refunded_once_even_if_it_was_refunded_before() {
        let live = [ADA, BEN].map(|user| a_reservation(user).row).into();
        let (done, changes) = refund_batch(a_cancelled_schedule(), live, the_rows()).await;

        assert_eq!(done.unwrap(), RefundBatch { released: 0, refunded: 1, remaining: 3 });
        let [refund] = &changes[..] else { panic!("expected one refund: {changes:?}") };
        let audit_entry = refund.row::<AuditEntry>().map(|audit_entry| (audit_entry.row.operator, audit_entry.row.subject));
        assert_eq!((audit_entry, refund.not_after), (Some((CYD, domain::audit_entry::Subject::Payment(payment_of(ADA)))), None));
    }

    /// Another call of the same operator ends the reservations after they are read and before the commands run.
    #[tokio::test]
    async fn reservations_that_another_call_ended_meanwhile_are_not_reported() {
        let outcome = Outcome::Paid { payment: a_payment_by(ADA).row, balance: Money::ZERO };
        let record = a_key_record(&refund_batch_key(&by_cyd(), payment_of(ADA)).unwrap(), outcome, NOW);
        let rows = the_rows().with(record).with(a_hold(BEN, &[8]).cancelled(CancelReason::Released));
        let live = vec![a_reservation(ADA).row, a_hold(BEN, &[8]).row];

        let (done, changes) = refund_batch(a_cancelled_schedule(), live, rows).await;

        assert_eq!(done.unwrap(), RefundBatch { released: 0, refunded: 0, remaining: 3 });
        assert_eq!(changes, []);
    }
}
