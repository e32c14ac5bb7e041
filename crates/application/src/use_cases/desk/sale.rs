//! Run the sale: holds are ended, payments given back, and a date that was called off is wound up.

use std::sync::Arc;

use domain::decide::desk::release::{self, Released};
use domain::decide::refund;
use domain::key::Keyed;
use domain::{
    EntryId, Fingerprint, KeyScope, Operation, Outcome, PaymentId, Refusal, RequestKey, Reservation, ReservationId, ReservationState,
    ScheduleId,
};
use tokio::task::JoinSet;

use super::By;
use crate::ports::{Catalogue, Desk, Ids};
use crate::{Answer, Error, GroupCommit};

/// What came of winding up a date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WoundUp {
    /// Holds that were ended.
    pub released: u32,
    /// Payments that were given back.
    pub refunded: u32,
    /// Reservations that still have to be.
    pub remaining: u64,
}

/// Ends holds and gives payments back.
#[derive(Clone)]
pub struct RunSale {
    commits: Arc<GroupCommit>,
    catalogue: Arc<dyn Catalogue>,
    desk: Arc<dyn Desk>,
    ids: Arc<dyn Ids>,
}

impl RunSale {
    /// The use case over the way of commands, and what is read of dates.
    pub fn new(commits: Arc<GroupCommit>, catalogue: Arc<dyn Catalogue>, desk: Arc<dyn Desk>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, catalogue, desk, ids }
    }

    /// Ends a hold, whosever it is.
    pub async fn release(&self, by: &By, reservation: ReservationId) -> Result<Answer<Released>, Error> {
        self.commits.run(release::Command { order: by.order(&self.ids), reservation }).await
    }

    /// Gives a payment back, whosever it is.
    pub async fn refund(&self, by: &By, keyed: Keyed, payment: PaymentId) -> Result<Answer<Outcome>, Error> {
        let (order, user) = (Some(by.order(&self.ids)), by.operator);
        self.commits.run(refund::Command { user, order, keyed, payment, entry: EntryId(self.ids.ordered()) }).await
    }

    /// Ends holds and gives payments back of a date that was called off, at most `at_most` of them: to be called until nothing remains.
    /// What was done stays done, whatever comes between; what somebody else did meanwhile isn't done twice.
    pub async fn wind_up(&self, by: &By, schedule: ScheduleId, at_most: u32) -> Result<WoundUp, Error> {
        let date = self.catalogue.schedule(schedule).await?.ok_or(Refusal::NotFound)?;
        if !date.is_cancelled() {
            return Err(Refusal::DateNotCancelled.into());
        }
        let mut under_way = JoinSet::new();
        for reservation in self.desk.live_reservations(schedule, at_most).await? {
            let (sale, by) = (self.clone(), by.clone());
            under_way.spawn(async move { sale.end(&by, &reservation).await });
        }
        let mut done = WoundUp::default();
        while let Some(ended) = under_way.join_next().await {
            match ended.map_err(|lost| Error::internal(&lost, "a refund of many was lost"))?? {
                Ended::Released => done.released += 1,
                Ended::Refunded => done.refunded += 1,
                Ended::Before => {}
            }
        }
        Ok(WoundUp { remaining: self.desk.count_live_reservations(schedule).await?, ..done })
    }

    async fn end(&self, by: &By, reservation: &Reservation) -> Result<Ended, Error> {
        // What another call ended is for that call to report, even if it is the same operator's.
        let ended = match reservation.state() {
            ReservationState::Held => {
                let released = self.release(by, reservation.id).await;
                released.map(|answer| if answer.outcome.by_this_order { Ended::Released } else { Ended::Before })
            }
            ReservationState::Confirmed { payment } => {
                let refunded = self.refund(by, wind_up_key(by, payment)?, payment).await;
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
fn wind_up_key(by: &By, payment: PaymentId) -> Result<Keyed, Error> {
    let key = RequestKey::new(&format!("wind-up-{payment}")).map_err(|invalid| Error::internal(&invalid, "a refund has no key"))?;
    let mut fingerprint = [0; 32];
    fingerprint[..16].copy_from_slice(payment.0.as_bytes());
    Ok(Keyed { scope: KeyScope { user: by.operator, operation: Operation::Refund, key }, fingerprint: Fingerprint(fingerprint) })
}

#[cfg(test)]
mod tests {
    use domain::{Cancellation, Concert, Money, PaymentState, Rows, Schedule, Version, Versioned, Wallet, Zone};
    use domain::{ConcertId, TokenId, UserId};
    use time::OffsetDateTime;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::ports::{Committed, MockCatalogue, MockDesk, MockStore};
    use crate::testing::{CountingIds, MockedLanes};

    const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
    const ADA: UserId = UserId(Uuid::from_u128(1));
    const OPERATOR: UserId = UserId(Uuid::from_u128(2));
    const DATE: ScheduleId = ScheduleId(Uuid::from_u128(3));
    const PAID: PaymentId = PaymentId(Uuid::from_u128(4));
    const REFUNDED: PaymentId = PaymentId(Uuid::from_u128(5));

    fn a_date(cancelled_at: Option<OffsetDateTime>) -> Versioned<Schedule> {
        let cancellation = cancelled_at.map(|at| Cancellation { at, reason: None });
        let date = Schedule::new(DATE, ConcertId(Uuid::nil()), NOW, Zone::new("UTC").unwrap(), NOW..NOW);
        Versioned::new(Version::FIRST, date.restore(cancellation))
    }

    /// A reservation that was paid for by `payment`.
    fn a_reservation(payment: PaymentId) -> Reservation {
        let (id, token, concert) = (ReservationId(payment.0), TokenId(Uuid::nil()), ConcertId(Uuid::nil()));
        let claim = domain::reservation::Claim { id, user: ADA, token, concert, schedule: DATE };
        Reservation::hold(claim, Vec::new(), Money::ZERO, NOW, NOW).restore(ReservationState::Confirmed { payment })
    }

    fn a_payment(id: PaymentId) -> domain::Payment {
        let state = if id == PAID { PaymentState::Completed } else { PaymentState::Cancelled { refunded_at: NOW } };
        domain::Payment::new(id, ReservationId(id.0), ADA, Money::ZERO, NOW).restore(state)
    }

    /// Both payments, with what they paid for.
    fn the_rows() -> Rows {
        let mut rows = Rows::at(NOW).with(a_date(Some(NOW))).with(Versioned::new(Version::FIRST, Wallet::new(ADA)));
        rows.add_all([PAID, REFUNDED].map(|payment| Versioned::new(Version::FIRST, a_payment(payment))));
        rows.add_all([PAID, REFUNDED].map(|payment| Versioned::new(Version(2), a_reservation(payment))));
        rows
    }

    fn a_concert() -> Versioned<Concert> {
        let concert = Concert::new(ConcertId(Uuid::nil()), String::new(), String::new(), domain::Queue::DEFAULT);
        Versioned::new(Version::FIRST, concert)
    }

    async fn wind_up(date: Versioned<Schedule>, desk: MockDesk, store: MockStore) -> Result<WoundUp, Error> {
        let mut catalogue = MockCatalogue::new();
        catalogue.expect_schedule().returning(move |_| Ok(Some(date.clone())));
        let by = By { operator: OPERATOR, reason: None };
        let wind_up = |commits| async move {
            let sale = RunSale::new(commits, Arc::new(catalogue), Arc::new(desk), Arc::new(CountingIds::default()));
            sale.wind_up(&by, DATE, 10).await
        };
        MockedLanes::over(store).run(wind_up).await
    }

    #[tokio::test]
    async fn a_date_that_takes_place_is_not_wound_up() {
        let refused = wind_up(a_date(None), MockDesk::new(), MockStore::new()).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::DateNotCancelled)), "{refused:?}");
    }

    #[tokio::test]
    async fn each_payment_goes_back_once_whoever_was_there_before() {
        let mut desk = MockDesk::new();
        desk.expect_live_reservations().returning(|_, _| Ok(vec![a_reservation(PAID), a_reservation(REFUNDED)]));
        desk.expect_count_live_reservations().returning(|_| Ok(3));
        let mut store = MockStore::new();
        store.expect_load().returning(|_| Ok(the_rows()));
        let is_the_refund = |change: &domain::Change| {
            let deed = change.row::<domain::Deed>().map(|deed| (deed.row.operator, deed.row.subject));
            deed == Some((OPERATOR, domain::deed::Subject::Payment(PAID))) && change.not_after.is_none()
        };
        store
            .expect_commit()
            .times(1)
            .withf(move |changes| changes.len() == 1 && is_the_refund(&changes[0]))
            .returning(|_| vec![Ok(Committed::default())]);

        let done = wind_up(a_date(Some(NOW)), desk, store).await.unwrap();

        assert_eq!(done, WoundUp { released: 0, refunded: 1, remaining: 3 });
    }

    /// Between the reading of what is live and the orders, a call of the same operator's has ended it.
    #[tokio::test]
    async fn what_another_call_ended_meanwhile_is_not_reported_again() {
        let held = || {
            let row = a_reservation(PAID);
            let claim = domain::reservation::Claim { id: row.id, user: ADA, token: row.token, concert: row.concert, schedule: DATE };
            Reservation::hold(claim, Vec::new(), Money::ZERO, NOW, NOW)
        };
        let mut desk = MockDesk::new();
        desk.expect_live_reservations().returning(move |_, _| Ok(vec![a_reservation(PAID), held()]));
        desk.expect_count_live_reservations().returning(|_| Ok(0));
        let mut store = MockStore::new();
        let Keyed { scope, fingerprint } = wind_up_key(&By { operator: OPERATOR, reason: None }, PAID).unwrap();
        let outcome = Outcome::Paid { payment: a_payment(PAID), balance: Money::ZERO };
        let record = domain::KeyRecord { scope, fingerprint, outcome, recorded_at: NOW, expires_at: NOW + time::Duration::DAY };
        let released = ReservationState::Cancelled { reason: domain::CancelReason::Released, payment: None };
        let rows = Rows::at(NOW)
            .with(Versioned::new(Version::FIRST, record))
            .with(Versioned::new(Version(2), a_reservation(PAID).restore(released)))
            .with(a_date(Some(NOW)))
            .with(a_concert());
        store.expect_load().returning(move |_| Ok(rows.clone()));

        let done = wind_up(a_date(Some(NOW)), desk, store).await.unwrap();

        assert_eq!(done, WoundUp { released: 0, refunded: 0, remaining: 0 });
    }
}
