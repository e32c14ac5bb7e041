//! Reservations, payments, wallet entries and tickets with what people recognise them by: the concert, the schedule, the seats.
//!
//! A page of them is read by a fixed number of queries: the rows themselves, and each kind of row that they refer to, at once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::reservation::ReservationStatus;
use domain::{
    CancelReason, Concert, ConcertId, Payment, PaymentId, Reservation, ReservationId, Schedule, ScheduleId, ScheduleState, Ticket,
    Versioned, WalletEntry, WalletEntryKind,
};
use time::OffsetDateTime;

use crate::ports::{Catalogue, Clock, ReadError, Reservations};
use crate::ticket_codes::{TicketCode, TicketCodes};
use crate::{CatalogueModel, Error};

/// A reservation with its schedule and concert. A hold ends when its schedule is cancelled, so the status of a reservation depends on its
/// schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationDetails {
    /// The reservation.
    pub reservation: Reservation,
    /// Its schedule.
    pub schedule: Schedule,
    /// The state of the schedule, as the public sees it.
    pub schedule_state: ScheduleState,
    /// Its concert.
    pub concert: Arc<Concert>,
}

/// A payment with its reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentDetails {
    /// The payment.
    pub payment: Payment,
    /// The reservation that it paid for.
    pub reservation: ReservationDetails,
}

/// A wallet entry with its reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletEntryDetails {
    /// The wallet entry.
    pub entry: WalletEntry,
    /// The reservation of its payment; none for a charge.
    pub reservation: Option<ReservationDetails>,
}

/// A ticket with its reservation and its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketDetails {
    /// The ticket.
    pub ticket: Ticket,
    /// Its reservation.
    pub reservation: Arc<ReservationDetails>,
    /// Its code, which is a secret of its buyer.
    pub code: TicketCode,
}

impl ReservationDetails {
    /// Returns the status of the reservation at `now`.
    #[must_use]
    pub fn status(&self, now: OffsetDateTime) -> ReservationStatus {
        self.reservation.status(self.schedule.at(now))
    }

    /// Returns the instant at which the hold ends or has ended.
    #[must_use]
    pub fn expires_at(&self, now: OffsetDateTime) -> OffsetDateTime {
        let deadline = self.reservation.expires_at();
        match self.status(now) {
            ReservationStatus::Held | ReservationStatus::Cancelled(CancelReason::Expired) => self.schedule.end_of_hold(deadline),
            ReservationStatus::Confirmed | ReservationStatus::Cancelled(CancelReason::Released | CancelReason::Refunded) => deadline,
        }
    }

    /// Returns its tickets, by seat number.
    pub(crate) fn tickets(self, codes: &TicketCodes) -> Vec<TicketDetails> {
        let tickets = self.reservation.tickets(&self.schedule);
        let reservation = Arc::new(self);
        let details = |ticket: Ticket| TicketDetails { code: codes.code(ticket.id), reservation: reservation.clone(), ticket };
        tickets.into_iter().map(details).collect()
    }
}

/// Reads what belongs to reservations, payments and wallet entries.
#[derive(Clone)]
pub struct DetailsReader {
    reservations: Arc<dyn Reservations>,
    catalogue: Arc<dyn Catalogue>,
    known: Arc<CatalogueModel>,
    clock: Arc<dyn Clock>,
}

impl DetailsReader {
    /// Creates the reader over the ports of reservations and the catalogue, and what is `known` of the catalogue in memory.
    pub fn new(
        reservations: Arc<dyn Reservations>,
        catalogue: Arc<dyn Catalogue>,
        known: Arc<CatalogueModel>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { reservations, catalogue, known, clock }
    }

    /// Returns the instant from which states and countdowns are calculated.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Reads the schedules and concerts of `reservations`, which were read just before. Since the schedules are read later, a cancellation
    /// that is already visible in the reservations is visible in them, too.
    pub(crate) async fn of_reservations(&self, reservations: Vec<Reservation>) -> Result<Vec<ReservationDetails>, Error> {
        let schedules = self.schedules(&reservations).await?;
        let concerts = self.concerts(&reservations).await?;
        let with_details = |reservation: Reservation| {
            let (schedule, schedule_state) = schedules.get(&reservation.schedule()).cloned().ok_or_else(|| missing("schedule"))?;
            let concert = concerts.get(&reservation.concert()).cloned().ok_or_else(|| missing("concert"))?;
            Ok(ReservationDetails { reservation, schedule, schedule_state, concert })
        };
        Ok(reservations.into_iter().map(with_details).collect::<Result<_, ReadError>>()?)
    }

    /// Reads the reservations of `payments`.
    pub(crate) async fn of_payments(&self, payments: Vec<Payment>) -> Result<Vec<PaymentDetails>, Error> {
        let reservations = self.paid_for(&payments).await?;
        let with_reservation = |payment: Payment| {
            let reservation = reservations.get(&payment.reservation()).cloned().ok_or_else(|| missing("reservation"))?;
            Ok(PaymentDetails { payment, reservation })
        };
        Ok(payments.into_iter().map(with_reservation).collect::<Result<_, ReadError>>()?)
    }

    /// Reads the reservations of the payments of `entries`.
    pub(crate) async fn of_entries(&self, entries: Vec<WalletEntry>) -> Result<Vec<WalletEntryDetails>, Error> {
        let ids: BTreeSet<PaymentId> = entries.iter().filter_map(payment_of).collect();
        let payments = if ids.is_empty() { Vec::new() } else { self.reservations.payments_by_id(&Vec::from_iter(ids)).await? };
        let paid: HashMap<PaymentId, PaymentDetails> =
            self.of_payments(payments).await?.into_iter().map(|details| (details.payment.id(), details)).collect();
        let with_reservation = |entry: WalletEntry| {
            let reservation = match payment_of(&entry) {
                None => None,
                Some(id) => Some(paid.get(&id).ok_or_else(|| missing("payment"))?.reservation.clone()),
            };
            Ok(WalletEntryDetails { entry, reservation })
        };
        Ok(entries.into_iter().map(with_reservation).collect::<Result<_, ReadError>>()?)
    }

    async fn paid_for(&self, payments: &[Payment]) -> Result<HashMap<ReservationId, ReservationDetails>, Error> {
        let ids: BTreeSet<ReservationId> = payments.iter().map(Payment::reservation).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let reservations = self.reservations.reservations_by_id(&Vec::from_iter(ids)).await?;
        Ok(self.of_reservations(reservations).await?.into_iter().map(|details| (details.reservation.id(), details)).collect())
    }

    async fn schedules(&self, of: &[Reservation]) -> Result<HashMap<ScheduleId, (Schedule, ScheduleState)>, Error> {
        let ids: BTreeSet<ScheduleId> = of.iter().map(Reservation::schedule).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let schedules = self.catalogue.schedules_by_id(&Vec::from_iter(ids)).await?;
        let now = self.clock.now();
        // For the state, seats matter only while the sale is open.
        let on_sale: Vec<ScheduleId> = schedules.iter().filter(|schedule| schedule.is_on_sale(now)).map(|schedule| schedule.id()).collect();
        let seats = self.known.offered_seats(&on_sale, now).await?;
        let with_state = |schedule: Versioned<Schedule>| {
            let state = ScheduleState::of(&schedule, seats.get(&schedule.id()).copied(), now);
            (schedule.id(), (schedule.row, state))
        };
        Ok(schedules.into_iter().map(with_state).collect())
    }

    async fn concerts(&self, of: &[Reservation]) -> Result<HashMap<ConcertId, Arc<Concert>>, Error> {
        let ids: BTreeSet<ConcertId> = of.iter().map(Reservation::concert).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let concerts = self.catalogue.concerts_by_id(&Vec::from_iter(ids)).await?;
        Ok(concerts.into_iter().map(|concert| (concert.id(), Arc::new(concert.row))).collect())
    }
}

/// Returns the payment that `entry` belongs to.
const fn payment_of(entry: &WalletEntry) -> Option<PaymentId> {
    match entry.kind() {
        WalletEntryKind::Charge => None,
        WalletEntryKind::Payment(payment) | WalletEntryKind::Refund(payment) => Some(payment),
    }
}

fn missing(row: &str) -> ReadError {
    ReadError::Corrupt(format!("a {row} of a reservation, payment or wallet entry doesn't exist"))
}
