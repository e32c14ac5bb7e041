//! What decisions look at: rows that belong together, as they were loaded.

use std::collections::BTreeMap;

use crate::{
    Concert, Offer, Payment, Queue, QueueToken, Reservation, ReservationId, Schedule, Seat, SeatNumber, User, Version, Versioned, Wallet,
};

/// A user, and their wallet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadedAccount {
    /// The user, if their row is there.
    pub user: Option<User>,
    /// Their wallet, if its row is there.
    pub wallet: Option<Versioned<Wallet>>,
}

/// A token, and the queue in which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedToken {
    /// The token.
    pub token: Versioned<QueueToken>,
    /// Its queue.
    pub queue: Versioned<Queue>,
}

/// A queue, as a user sees it who wants a place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPlace {
    /// The concert that the user named, if they named one.
    pub concert: Option<LoadedConcert>,
    /// The queue that admits to it; without a concert, the default queue.
    pub queue: Versioned<Queue>,
    /// How many wait in it.
    pub waiting: u32,
    /// The place that the user has in it by its row: not EXPIRED, though it may have lapsed.
    pub token: Option<Versioned<QueueToken>>,
}

/// A queue, as a tick sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedLine {
    /// The queue.
    pub queue: Versioned<Queue>,
    /// The version under which it admits.
    pub admission: Version,
    /// How many wait in it.
    pub waiting: u32,
    /// How many tokens have a row that says ACTIVE, lapsed or not; 0 if nobody waits.
    pub active: u32,
    /// All dates of the concerts that this queue alone admits to; none if the queue is no concert's own, or nobody waits.
    pub offers: Option<Vec<Offer>>,
    /// Tokens that are ACTIVE by their rows and past their deadline, the earliest first.
    pub lapsed: Vec<Versioned<QueueToken>>,
    /// Those that wait with the lowest numbers, in their order.
    pub foremost: Vec<Versioned<QueueToken>>,
}

/// A concert, and its dates by start, then id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedConcert {
    /// The concert.
    pub concert: Versioned<Concert>,
    /// Its dates.
    pub schedules: Vec<Versioned<Schedule>>,
}

/// Whether anybody counts on a concert's being admitted to by its queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConcertUse {
    /// Whether a reservation of the concert is HELD by its row, within its deadline, and for a date that isn't cancelled.
    pub held: bool,
    /// Whether a token of the concert's queue that names the concert is WAITING, or ACTIVE and within its deadline.
    pub awaited: bool,
}

/// A date, and the concert that is given on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedSchedule {
    /// The date.
    pub schedule: Versioned<Schedule>,
    /// Its concert.
    pub concert: Versioned<Concert>,
}

/// Seats of a date, and the holds on them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadedSeats {
    /// The seats that were found, by number.
    pub seats: Vec<Versioned<Seat>>,
    /// The reservations that are HELD by their rows and that these seats name, by id.
    pub holds: Vec<LoadedReservation>,
}

impl LoadedSeats {
    /// The seats, to look many of them up.
    #[must_use]
    pub fn by_number(&self) -> BTreeMap<SeatNumber, &Versioned<Seat>> {
        self.seats.iter().map(|seat| (seat.number(), seat)).collect()
    }

    /// The hold `id` on one of the seats.
    #[must_use]
    pub fn hold(&self, id: ReservationId) -> Option<&LoadedReservation> {
        // They are in the order of their ids.
        self.holds.binary_search_by_key(&id, |hold| hold.reservation.id()).ok().and_then(|index| self.holds.get(index))
    }
}

/// A reservation, its date and its seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedReservation {
    /// The reservation.
    pub reservation: Versioned<Reservation>,
    /// Its date.
    pub schedule: Versioned<Schedule>,
    /// The rows of its seats, by number, whichever reservation they name by now.
    pub seats: Vec<Versioned<Seat>>,
}

/// A reservation that counts against its user's limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedReservation {
    /// The reservation, HELD or CONFIRMED by its row.
    pub reservation: Versioned<Reservation>,
    /// Its date.
    pub schedule: Versioned<Schedule>,
}

/// A payment, what it paid for, and the payer's wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPayment {
    /// The payment.
    pub payment: Versioned<Payment>,
    /// What it paid for.
    pub reservation: LoadedReservation,
    /// The payer's wallet.
    pub wallet: Versioned<Wallet>,
}
