//! The inputs of decisions: related rows as they were loaded.

use std::collections::BTreeMap;

use crate::admission::Admission;
use crate::{Concert, Offer, Payment, Queue, QueueToken, Reservation, ReservationId, Schedule, Seat, SeatNumber, User, Versioned, Wallet};

/// A user and the user's wallet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadedAccount {
    /// The user, if the row exists.
    pub user: Option<User>,
    /// The wallet, if the row exists.
    pub wallet: Option<Versioned<Wallet>>,
}

/// A token and its queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedToken {
    /// The token.
    pub token: Versioned<QueueToken>,
    /// Its queue.
    pub queue: Versioned<Queue>,
}

/// A queue, as loaded for a user who joins it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedJoinTarget {
    /// The concert, if the user named one.
    pub concert: Option<LoadedConcert>,
    /// The queue that admits users to the concert; without a concert, the default queue.
    pub queue: Versioned<Queue>,
    /// The number of waiting users.
    pub waiting: u32,
    /// The user's token in the queue whose row is not EXPIRED; it may have lapsed.
    pub token: Option<Versioned<QueueToken>>,
}

/// A queue, as loaded for a tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedQueueHead {
    /// The queue.
    pub queue: Versioned<Queue>,
    /// Its admission row.
    pub admission: Versioned<Admission>,
    /// The number of waiting users.
    pub waiting: u32,
    /// The number of tokens whose row is ACTIVE, lapsed or not; 0 if no user waits.
    pub active: u32,
    /// All schedules of the concerts that only this queue admits to; none if the queue is not a concert's own, or no user waits.
    pub offers: Option<Vec<Offer>>,
    /// Lapsed tokens, the earliest deadline first.
    pub lapsed: Vec<Versioned<QueueToken>>,
    /// The waiting tokens with the lowest numbers, in ascending order.
    pub first_waiting: Vec<Versioned<QueueToken>>,
}

/// A concert and its schedules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedConcert {
    /// The concert.
    pub concert: Versioned<Concert>,
    /// Its schedules, by start, then id.
    pub schedules: Vec<Versioned<Schedule>>,
}

/// Whether holds or tokens depend on the queue of a concert.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConcertUse {
    /// Whether the concert has a reservation whose row is HELD, within its deadline, and for a schedule that isn't cancelled.
    pub held: bool,
    /// Whether a token of the concert's queue that names the concert is WAITING, or ACTIVE and within its deadline.
    pub awaited: bool,
}

/// A schedule and its concert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedSchedule {
    /// The schedule.
    pub schedule: Versioned<Schedule>,
    /// Its concert.
    pub concert: Versioned<Concert>,
}

/// Seats of a schedule and the holds on them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadedSeats {
    /// The existing seats, by number.
    pub seats: Vec<Versioned<Seat>>,
    /// The reservations that these seats name and whose rows are HELD, by id.
    pub holds: Vec<LoadedReservation>,
}

impl LoadedSeats {
    /// Returns the seats in a map, for many lookups.
    #[must_use]
    pub fn by_number(&self) -> BTreeMap<SeatNumber, &Versioned<Seat>> {
        self.seats.iter().map(|seat| (seat.number(), seat)).collect()
    }

    /// Returns the hold `id` on one of the seats.
    #[must_use]
    pub fn hold(&self, id: ReservationId) -> Option<&LoadedReservation> {
        // The holds are sorted by id.
        self.holds.binary_search_by_key(&id, |hold| hold.reservation.id()).ok().and_then(|index| self.holds.get(index))
    }
}

/// A reservation, its schedule and its seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedReservation {
    /// The reservation.
    pub reservation: Versioned<Reservation>,
    /// Its schedule.
    pub schedule: Versioned<Schedule>,
    /// The rows of its seats, by number, whichever reservation they name now.
    pub seats: Vec<Versioned<Seat>>,
}

/// A reservation that counts against its user's limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedReservation {
    /// The reservation; its row is HELD or CONFIRMED.
    pub reservation: Versioned<Reservation>,
    /// Its schedule.
    pub schedule: Versioned<Schedule>,
}

/// A payment, its reservation, and the payer's wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPayment {
    /// The payment.
    pub payment: Versioned<Payment>,
    /// The reservation that it paid for.
    pub reservation: LoadedReservation,
    /// The payer's wallet.
    pub wallet: Versioned<Wallet>,
}
