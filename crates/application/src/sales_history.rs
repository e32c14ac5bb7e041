//! The history of sales: what has happened in the last hour, in buckets of ten seconds, for the charts of operators.
//!
//! It is folded from the event log, so it contains the commits of all instances, each once. Nothing is read until a history is requested:
//! a request reads the events since the previous one, so a sale that no operator watches costs nothing. A request reads a limited number of
//! events, and reports whether it has reached the end of the log; the next one continues there. The memory is bounded by the numbers of
//! schedules and queues in `timelines.rs`.

mod counts;
mod flows;
mod timelines;
mod waits;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::{CancelReason, ExpiryReason, Fact, QueueId, Reservation, ReservationId, ScheduleId};
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;

use crate::Error;
use crate::ports::{Clock, Log, LoggedEvent, Position, Reservations};
use crate::sales_fold::payment_of;

pub use counts::RecentCounts;
pub use flows::{Bucket, QueueFlows, SaleFlows};
use timelines::Timelines;

/// The log is read again after this time at the earliest; until then, requests get what was read before.
const EVERY: Duration = Duration::seconds(1);
/// The number of positions of the log that are read at once.
const PAGE: u32 = 2_000;
/// The number of pages that one request reads.
const MAX_PAGES: usize = 10;
/// The number of positions before the end of the log from which on a history is read. If more were appended since the previous request, the
/// history begins anew.
const MAX_BEHIND: u64 = 200_000;

/// The history of the last hour.
pub struct SalesHistory {
    log: Arc<dyn Log>,
    reservations: Arc<dyn Reservations>,
    clock: Arc<dyn Clock>,
    folded: Mutex<Folded>,
    conflicts: Arc<RecentCounts>,
    unavailable: RecentCounts,
}

/// The events as far as they were read.
#[derive(Default)]
struct Folded {
    /// The position up to which the log was read.
    position: Option<Position>,
    read_at: Option<OffsetDateTime>,
    /// Whether the end of the log was reached.
    is_current: bool,
    /// The instant since which no event is missing; none until the first event was read.
    complete_from: Option<OffsetDateTime>,
    timelines: Timelines,
}

/// A part of the history, for one queue and some schedules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The first bucket.
    pub first: Bucket,
    /// The instant since which no event is missing.
    pub complete_from: OffsetDateTime,
    /// Whether all events are included that were committed before the request; otherwise, a later request returns more.
    pub is_current: bool,
    /// The flows of all schedules together, by bucket.
    pub sales: Vec<SaleFlows>,
    /// The flows of the queue, by bucket.
    pub queue: Vec<QueueFlows>,
    /// Commits of this process that conflicted, by bucket.
    pub conflicts: Vec<u64>,
    /// Requests that this process answered with 503, by bucket.
    pub unavailable: Vec<u64>,
}

impl SalesHistory {
    /// Creates an empty history that is read from `log`; `clock` is the store's.
    #[must_use]
    pub fn new(log: Arc<dyn Log>, reservations: Arc<dyn Reservations>, clock: Arc<dyn Clock>) -> Self {
        let conflicts = Arc::new(RecentCounts::new(clock.clone()));
        let unavailable = RecentCounts::new(clock.clone());
        Self { log, reservations, clock, folded: Mutex::default(), conflicts, unavailable }
    }

    /// Returns the counter of commits that conflicted.
    #[must_use]
    pub fn conflicts(&self) -> Arc<RecentCounts> {
        self.conflicts.clone()
    }

    /// Counts a request that this process answered with 503.
    pub fn count_unavailable(&self) {
        self.unavailable.add(1);
    }

    /// Returns the last `buckets` buckets of `schedules` and `queue`, the current one included.
    ///
    /// # Errors
    /// The log can't be read.
    pub async fn of(&self, schedules: &[ScheduleId], queue: QueueId, buckets: usize) -> Result<History, Error> {
        let mut folded = self.folded.lock().await;
        let now = self.clock.now();
        // A clock may go back.
        let is_fresh = folded.is_current && folded.read_at.is_some_and(|at| (at..at + EVERY).contains(&now));
        if !is_fresh {
            self.read_on(&mut folded, now).await?;
        }
        let first = Bucket::of(now).before(buckets.saturating_sub(1));
        Ok(History {
            first,
            complete_from: folded.complete_from.unwrap_or(now),
            is_current: folded.is_current,
            sales: folded.timelines.sales(schedules, first, buckets),
            queue: folded.timelines.queue(queue, first, buckets),
            conflicts: self.conflicts.since(first, buckets),
            unavailable: self.unavailable.since(first, buckets),
        })
    }

    /// Reads the events that were committed since, up to the limit.
    async fn read_on(&self, folded: &mut Folded, now: OffsetDateTime) -> Result<(), Error> {
        let extent = self.log.extent().await?;
        let can_continue = |after: &Position| (extent.start.0..=extent.end.0).contains(&after.0) && extent.end.0 - after.0 <= MAX_BEHIND;
        let mut position = if let Some(position) = folded.position.filter(can_continue) {
            position
        } else {
            *folded = Folded::default();
            let start = extent.start.max(Position(extent.end.0.saturating_sub(MAX_BEHIND)));
            // Before position 0 there is nothing.
            folded.complete_from = (start == Position(0)).then_some(OffsetDateTime::UNIX_EPOCH);
            start
        };
        folded.is_current = false;
        for _ in 0..MAX_PAGES {
            let Some(page) = self.log.events(position, PAGE).await? else {
                // Events were deleted meanwhile: the next request begins anew.
                folded.position = None;
                return Ok(());
            };
            let reservations = self.paid_reservations(&page.items).await?;
            for event in &page.items {
                folded.complete_from.get_or_insert(event.at);
                folded.timelines.add(event, &reservations);
            }
            position = page.position;
            (folded.position, folded.read_at) = (Some(position), Some(now));
            if page.end <= position {
                folded.is_current = true;
                break;
            }
        }
        folded.timelines.forget_before(Bucket::of(now).before(Bucket::KEPT));
        Ok(())
    }

    /// Returns the reservations of the payments and refunds among `events`.
    async fn paid_reservations(&self, events: &[LoggedEvent]) -> Result<HashMap<ReservationId, Reservation>, Error> {
        let ids: BTreeSet<_> = events.iter().filter_map(|event| paid_reservation(&event.event.fact)).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = self.reservations.reservations_by_id(&Vec::from_iter(ids)).await?;
        Ok(found.into_iter().map(|reservation| (reservation.id(), reservation)).collect())
    }
}

/// Returns the reservation of a payment or refund.
fn paid_reservation(fact: &Fact) -> Option<ReservationId> {
    payment_of(fact).map(|(_, reservation, _)| reservation)
}

impl Timelines {
    /// Adds an event; `reservations` are those that were paid or refunded.
    fn add(&mut self, LoggedEvent { at, event, .. }: &LoggedEvent, reservations: &HashMap<ReservationId, Reservation>) {
        let bucket = Bucket::of(*at);
        let paid = |id: &ReservationId| {
            let reservation = reservations.get(id)?;
            Some((reservation.schedule(), count(reservation.numbers())))
        };
        match &event.fact {
            Fact::SeatsHeld { schedule, seats, .. } => self.sale(*schedule, bucket).held += count(seats),
            Fact::ReservationCancelled { schedule, seats, reason: CancelReason::Expired | CancelReason::Released, .. } => {
                self.sale(*schedule, bucket).ended += count(seats);
            }
            Fact::PaymentCompleted { reservation, amount, .. } => {
                if let Some((schedule, seats)) = paid(reservation) {
                    let flows = self.sale(schedule, bucket);
                    flows.sold += seats;
                    flows.revenue = flows.revenue.saturating_add(amount.minor());
                }
            }
            Fact::PaymentRefunded { reservation, amount, .. } => {
                if let Some((schedule, seats)) = paid(reservation) {
                    let flows = self.sale(schedule, bucket);
                    flows.refunded += seats;
                    flows.refunds = flows.refunds.saturating_add(amount.minor());
                }
            }
            Fact::QueueJoined { token, queue, .. } => {
                self.waits.join(*token, *at);
                self.line(*queue, bucket).joined += 1;
            }
            Fact::TokenActivated { token, queue, number, .. } => {
                let wait = self.waits.end(*token).map(|joined_at| *at - joined_at);
                self.admitted_to(*queue, *number);
                let flows = self.line(*queue, bucket);
                flows.admitted += 1;
                flows.waits.extend(wait);
            }
            Fact::TokenExpired { token, queue, number, reason, .. } => {
                let has_waited = self.waits.end(*token).is_some();
                // Admission is in the order of numbers, so the higher ones were still waiting.
                let was_waiting = *reason == ExpiryReason::Left && (has_waited || self.is_waiting(*queue, *number));
                let flows = self.line(*queue, bucket);
                if was_waiting {
                    flows.left += 1;
                } else {
                    flows.finished += 1;
                }
            }
            // A refunded reservation is counted with its payment.
            Fact::ReservationCancelled { reason: CancelReason::Refunded, .. }
            | Fact::UserRegistered { .. }
            | Fact::WalletCharged { .. }
            | Fact::TicketUsed { .. } => {}
        }
    }
}

fn count<T>(items: impl IntoIterator<Item = T>) -> u64 {
    items.into_iter().count().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
