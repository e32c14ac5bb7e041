//! Run the sale: holds are ended, payments given back, and a date that was called off is wound up.

use std::sync::Arc;

use domain::decide::admin::release::{self, Released};
use domain::decide::refund;
use domain::idempotency::IdempotentRequest;
use domain::{
    EntryId, Fingerprint, IdempotencyKey, IdempotencyScope, Operation, Outcome, PaymentId, Refusal, Reservation, ReservationId,
    ReservationState, ScheduleId,
};
use tokio::task::JoinSet;

use super::Actor;
use crate::ports::{AdminQueries, Catalogue, Ids};
use crate::{Answer, Error, GroupCommit};

/// What came of winding up a date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RefundBatch {
    /// Holds that were ended.
    pub released: u32,
    /// Payments that were given back.
    pub refunded: u32,
    /// Reservations that still have to be.
    pub remaining: u64,
}

/// Ends holds and gives payments back.
#[derive(Clone)]
pub struct ManageSale {
    commits: Arc<GroupCommit>,
    catalogue: Arc<dyn Catalogue>,
    admin: Arc<dyn AdminQueries>,
    ids: Arc<dyn Ids>,
}

impl ManageSale {
    /// The use case over the way of commands, and what is read of dates.
    pub fn new(commits: Arc<GroupCommit>, catalogue: Arc<dyn Catalogue>, admin: Arc<dyn AdminQueries>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, catalogue, admin, ids }
    }

    /// Ends a hold, whosever it is.
    pub async fn release(&self, by: &Actor, reservation: ReservationId) -> Result<Answer<Released>, Error> {
        self.commits.run(release::Command { order: by.order(&self.ids), reservation }).await
    }

    /// Gives a payment back, whosever it is.
    pub async fn refund(&self, by: &Actor, idempotency: IdempotentRequest, payment: PaymentId) -> Result<Answer<Outcome>, Error> {
        let (order, user) = (Some(by.order(&self.ids)), by.operator);
        self.commits.run(refund::Command { user, order, idempotency, payment, entry: EntryId(self.ids.ordered()) }).await
    }

    /// Ends holds and gives payments back of a date that was called off, at most `at_most` of them: to be called until nothing remains.
    /// What was done stays done, whatever comes between; what somebody else did meanwhile isn't done twice.
    pub async fn refund_batch(&self, by: &Actor, id: ScheduleId, at_most: u32) -> Result<RefundBatch, Error> {
        let schedule = self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?;
        if !schedule.is_cancelled() {
            return Err(Refusal::ScheduleNotCancelled.into());
        }
        let mut under_way = JoinSet::new();
        for reservation in self.admin.live_reservations(id, at_most).await? {
            let (sale, by) = (self.clone(), by.clone());
            under_way.spawn(async move { sale.end(&by, &reservation).await });
        }
        let mut done = RefundBatch::default();
        while let Some(ended) = under_way.join_next().await {
            match ended.map_err(|lost| Error::internal(&lost, "a refund of many was lost"))?? {
                Ended::Released => done.released += 1,
                Ended::Refunded => done.refunded += 1,
                Ended::Before => {}
            }
        }
        Ok(RefundBatch { remaining: self.admin.count_live_reservations(id).await?, ..done })
    }

    async fn end(&self, by: &Actor, reservation: &Reservation) -> Result<Ended, Error> {
        // What another call ended is for that call to report, even if it is the same operator's.
        let ended = match reservation.state() {
            ReservationState::Held => {
                let released = self.release(by, reservation.id()).await;
                released.map(|answer| if answer.outcome.by_this_order { Ended::Released } else { Ended::Before })
            }
            ReservationState::Confirmed { payment } => {
                let refunded = self.refund(by, refund_batch_key(by, payment)?, payment).await;
                refunded.map(|answer| if answer.replayed { Ended::Before } else { Ended::Refunded })
            }
            ReservationState::Cancelled { .. } => Ok(Ended::Before),
        };
        match ended {
            // Paid, released or refunded by somebody else since it was read.
            Err(Error::Refused(Refusal::NotReleasable(_) | Refusal::NotRefundable { .. })) => Ok(Ended::Before),
            ended => ended,
        }
    }
}

enum Ended {
    Released,
    Refunded,
    Before,
}

/// The key under which an operator's winding up gives `payment` back: the same however often it is tried.
fn refund_batch_key(by: &Actor, payment: PaymentId) -> Result<IdempotentRequest, Error> {
    let key = IdempotencyKey::new(&format!("wind-up-{payment}")).map_err(|invalid| Error::internal(&invalid, "a refund has no key"))?;
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

    /// Cyd is the operator.
    fn by_cyd() -> Actor {
        Actor { operator: CYD, reason: None }
    }

    fn a_cancelled_schedule() -> Versioned<Schedule> {
        a_schedule().with(|row| row.cancel(Cancellation { at: NOW, reason: None }))
    }

    /// What `user` has paid for: Ada seat 7, Ben seat 8.
    fn a_reservation(user: UserId) -> Versioned<Reservation> {
        a_hold(user, if user == ADA { &[7] } else { &[8] }).confirmed_by(payment_of(user))
    }

    /// Ada's payment, or Ben's, who has his money back.
    fn a_payment_by(user: UserId) -> Versioned<Payment> {
        let state = if user == ADA { PaymentState::Completed } else { PaymentState::Cancelled { refunded_at: NOW } };
        a_payment(&a_reservation(user)).with(|payment| payment.restore(state))
    }

    /// Both payments, with what they paid for.
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

    /// Winds [`SCHEDULE`] up: its live reservations are `live`, and three once that is done.
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
    async fn a_schedule_that_takes_place_is_not_wound_up() {
        let (refused, changes) = refund_batch(a_schedule(), vec![a_reservation(ADA).row], the_rows()).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::ScheduleNotCancelled))), "{refused:?}");
        assert_eq!(changes, []);
    }

    #[tokio::test]
    async fn each_payment_goes_back_once_whoever_was_there_before() {
        let live = [ADA, BEN].map(|user| a_reservation(user).row).into();
        let (done, changes) = refund_batch(a_cancelled_schedule(), live, the_rows()).await;

        assert_eq!(done.unwrap(), RefundBatch { released: 0, refunded: 1, remaining: 3 });
        let [refund] = &changes[..] else { panic!("not one refund: {changes:?}") };
        let audit_entry = refund.row::<AuditEntry>().map(|audit_entry| (audit_entry.row.operator, audit_entry.row.subject));
        assert_eq!((audit_entry, refund.not_after), (Some((CYD, domain::audit_entry::Subject::Payment(payment_of(ADA)))), None));
    }

    /// Between the reading of what is live and the orders, a call of the same operator's has ended it.
    #[tokio::test]
    async fn what_another_call_ended_meanwhile_is_not_reported_again() {
        let outcome = Outcome::Paid { payment: a_payment_by(ADA).row, balance: Money::ZERO };
        let record = a_key_record(&refund_batch_key(&by_cyd(), payment_of(ADA)).unwrap(), outcome, NOW);
        let rows = the_rows().with(record).with(a_hold(BEN, &[8]).cancelled(CancelReason::Released));
        let live = vec![a_reservation(ADA).row, a_hold(BEN, &[8]).row];

        let (done, changes) = refund_batch(a_cancelled_schedule(), live, rows).await;

        assert_eq!(done.unwrap(), RefundBatch { released: 0, refunded: 0, remaining: 3 });
        assert_eq!(changes, []);
    }
}
