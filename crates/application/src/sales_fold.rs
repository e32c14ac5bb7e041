//! The fold of sales: a durable reader of the event log that adds each payment and each refund to the sales of its schedule, exactly once.
//! Rankings are made from these rows, so that they survive the pruning of the log.
//!
//! The position of the fold is stored with the sales, in one commit, and moves only from where this process has found it. So every instance
//! may fold, one of them succeeds, and after a crash the next one continues where the last commit ended. To save reads, an instance pauses
//! while another one folds: nothing depends on this.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use domain::{
    Fact, PaidSeats, Payment, PaymentId, Reservation, ReservationId, SalesEvent, ScheduleId, ScheduleOffer, ScheduleSales, sales,
};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::ports::{Catalogue, Log, LogPage, LoggedEvent, Ports, Position, ReaderName, Reservations, Sales};

/// The interval at which the log is read.
const EVERY: Duration = Duration::from_secs(1);
/// The number of positions of the log that are folded by one commit.
const PAGE: u32 = 2_000;
/// The number of schedules whose offered seats are counted at once.
const BATCH: usize = 64;
/// The name under which the log is kept for the fold.
const NAME: &str = "rankings";

/// The reader that folds the event log into sales.
pub struct SalesFold {
    log: Arc<dyn Log>,
    sales: Arc<dyn Sales>,
    reservations: Arc<dyn Reservations>,
    catalogue: Arc<dyn Catalogue>,
    /// The position where this process has last found the fold, or moved it to.
    last: Option<Position>,
}

impl SalesFold {
    /// Creates the reader over the ports of a store.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        let Ports { log, sales, reservations, catalogue, .. } = ports;
        Self { log: log.clone(), sales: sales.clone(), reservations: reservations.clone(), catalogue: catalogue.clone(), last: None }
    }

    /// Folds what is committed, until `stop` is cancelled.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            // A shutdown doesn't wait until everything is folded.
            let Some(folded) = stop.run_until_cancelled(self.fold()).await else { return };
            if let Err(error) = folded {
                tracing::error!(error = &error as &dyn std::error::Error, "the event log can't be folded into sales");
            }
        }
    }

    /// Folds all events that are committed, page by page, unless another process has folded some since the last call.
    ///
    /// # Errors
    /// The store can't be read or written; some pages may have been folded.
    pub async fn fold(&mut self) -> Result<(), Error> {
        let found = self.sales.folded_to().await?;
        let is_moved = self.last.is_some() && self.last != found;
        self.last = found;
        if is_moved {
            return Ok(());
        }
        let mut from = found;
        while let Some(page) = self.next_page(from).await? {
            let to = Some(page.position);
            if from != to && !self.sales.advance(from, page.position, &self.fold_page(&page.items).await?).await? {
                // Another process was faster.
                return Ok(());
            }
            (from, self.last) = (to, to);
            if page.end <= page.position {
                break;
            }
        }
        if from == found { Ok(()) } else { self.keep_log(from).await }
    }

    /// Returns the page of the log after a position. If its events are deleted already, it is the first that remains; none if the log ends
    /// before the position.
    async fn next_page(&self, from: Option<Position>) -> Result<Option<LogPage<LoggedEvent>>, Error> {
        if let Some(after) = from
            && let Some(page) = self.log.events(after, PAGE).await?
        {
            return Ok(Some(page));
        }
        let start = self.log.extent().await?.start;
        if from.is_some_and(|after| start <= after) {
            tracing::error!("the event log ends before the position up to which it was folded into sales");
            return Ok(None);
        }
        if from.is_some() {
            tracing::warn!("events were deleted before they were folded into sales: rankings lack them");
        }
        Ok(self.log.events(start, PAGE).await?)
    }

    /// Returns the sales that `events` change.
    async fn fold_page(&self, events: &[LoggedEvent]) -> Result<Vec<ScheduleSales>, Error> {
        let events = self.sales_events(events).await?;
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let schedules: BTreeSet<ScheduleId> = events.iter().map(|event| event.seats().schedule).collect();
        let schedules = Vec::from_iter(schedules);
        let known = self.sales.sales_of(&schedules).await?;
        Ok(sales::fold(known, &events, &self.offers(&schedules).await?))
    }

    /// Returns the payments and refunds among `events`, with what was paid for.
    async fn sales_events(&self, events: &[LoggedEvent]) -> Result<Vec<SalesEvent>, Error> {
        let facts: Vec<_> = events.iter().filter_map(|logged| payment_of(&logged.event.fact)).collect();
        if facts.is_empty() {
            return Ok(Vec::new());
        }
        let (payments, reservations): (BTreeSet<PaymentId>, BTreeSet<ReservationId>) =
            facts.iter().map(|(payment, reservation, _)| (*payment, *reservation)).unzip();
        let payments = self.reservations.payments_by_id(&Vec::from_iter(payments)).await?;
        let reservations = self.reservations.reservations_by_id(&Vec::from_iter(reservations)).await?;
        let payments: HashMap<PaymentId, Payment> = payments.into_iter().map(|payment| (payment.id(), payment)).collect();
        let reservations: HashMap<ReservationId, Reservation> = reservations.into_iter().map(|found| (found.id(), found)).collect();
        let event = |(payment, reservation, event): &(PaymentId, ReservationId, Effect)| {
            Some(event(paid_seats(payments.get(payment)?, reservations.get(reservation)?)))
        };
        Ok(facts.iter().filter_map(event).collect())
    }

    /// Returns what each of `schedules` offers.
    async fn offers(&self, schedules: &[ScheduleId]) -> Result<BTreeMap<ScheduleId, ScheduleOffer>, Error> {
        let mut offers = BTreeMap::new();
        for batch in schedules.chunks(BATCH) {
            let seats = self.catalogue.offered_seats(batch).await?;
            let rows = self.catalogue.schedules_by_id(batch).await?;
            offers.extend(rows.iter().filter_map(|schedule| {
                let seats = seats.get(&schedule.id())?.count;
                Some((schedule.id(), ScheduleOffer { seats, opens_at: schedule.sale_opens_at() }))
            }));
        }
        Ok(offers)
    }

    /// Registers the fold as a reader of the log: events after `position` are kept for it. If the store keeps no more readers, they are
    /// kept as long as other events.
    async fn keep_log(&self, position: Option<Position>) -> Result<(), Error> {
        if let (Some(position), Ok(name)) = (position, ReaderName::new(NAME)) {
            self.log.keep_reader(&name, position).await?;
        }
        Ok(())
    }
}

/// What a fact about a payment does to sales.
pub(crate) type Effect = fn(PaidSeats) -> SalesEvent;

/// Returns the payment that a fact is about, and its effect on sales.
pub(crate) fn payment_of(fact: &Fact) -> Option<(PaymentId, ReservationId, Effect)> {
    match fact {
        Fact::PaymentCompleted { payment, reservation, .. } => Some((*payment, *reservation, SalesEvent::Paid)),
        Fact::PaymentRefunded { payment, reservation, .. } => Some((*payment, *reservation, SalesEvent::Refunded)),
        Fact::UserRegistered { .. }
        | Fact::QueueJoined { .. }
        | Fact::TokenActivated { .. }
        | Fact::TokenExpired { .. }
        | Fact::SeatsHeld { .. }
        | Fact::ReservationCancelled { .. }
        | Fact::WalletCharged { .. }
        | Fact::TicketUsed { .. } => None,
    }
}

fn paid_seats(payment: &Payment, reservation: &Reservation) -> PaidSeats {
    PaidSeats {
        schedule: reservation.schedule(),
        concert: reservation.concert(),
        count: u32::try_from(reservation.numbers().count()).unwrap_or(u32::MAX),
        paid_at: payment.paid_at(),
    }
}

#[cfg(test)]
mod tests;
