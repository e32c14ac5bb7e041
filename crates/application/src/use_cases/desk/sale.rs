//! Run the sale: holds are ended, payments given back, and a date that was called off is wound up.

use std::sync::Arc;

use domain::decide::desk::release;
use domain::decide::refund;
use domain::key::Keyed;
use domain::{
    Context, EntryId, Fingerprint, KeyScope, Outcome, PaymentId, Refusal, RequestKey, Reservation, ReservationId, ReservationState, Route,
    Rules, ScheduleId, Verdict,
};
use tokio::task::JoinSet;

use super::By;
use crate::ports::{Catalogue, Desk, Ids, Load};
use crate::{Answer, Command, Error, GroupCommit};

impl Command for release::Command {
    type Outcome = Reservation;

    fn load(&self) -> Load {
        Load::Release { reservation: self.reservation }
    }

    fn decide(&self, context: &Context, _: &Rules) -> Verdict<Reservation> {
        release::decide(context, self)
    }
}

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
    pub async fn release(&self, by: &By, reservation: ReservationId) -> Result<Answer<Reservation>, Error> {
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
        if date.cancelled_at.is_none() {
            return Err(Refusal::DateNotCancelled.into());
        }
        let mut under_way = JoinSet::new();
        for reservation in self.desk.live_reservations(schedule, at_most).await? {
            let (sale, by) = (self.clone(), by.clone());
            under_way.spawn(async move { sale.end(&by, &reservation).await });
        }
        let mut done = WoundUp::default();
        while let Some(ended) = under_way.join_next().await {
            match ended.map_err(|_| Error::Unavailable)?? {
                Ended::Released => done.released += 1,
                Ended::Refunded => done.refunded += 1,
                Ended::Before => {}
            }
        }
        Ok(WoundUp { remaining: self.desk.count_live_reservations(schedule).await?, ..done })
    }

    async fn end(&self, by: &By, reservation: &Reservation) -> Result<Ended, Error> {
        let (ended, told) = match reservation.state() {
            ReservationState::Held => (self.release(by, reservation.id).await.map(|_| ()), Ended::Released),
            ReservationState::Confirmed { payment } => {
                (self.refund(by, wind_up_key(by, payment)?, payment).await.map(|_| ()), Ended::Refunded)
            }
            ReservationState::Cancelled { .. } => (Ok(()), Ended::Before),
        };
        match ended {
            Ok(()) => Ok(told),
            // Paid, released or refunded by somebody else since it was read.
            Err(Error::Refused(Refusal::NotReleasable(_) | Refusal::NotRefundable { .. })) => Ok(Ended::Before),
            Err(error) => Err(error),
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
    let key = RequestKey::new(&format!("wind-up-{payment}")).map_err(|_| Error::Unavailable)?;
    let mut fingerprint = [0; 32];
    fingerprint[..16].copy_from_slice(payment.0.as_bytes());
    Ok(Keyed { scope: KeyScope { user: by.operator, route: Route::Refunds, key }, fingerprint: Fingerprint(fingerprint) })
}
