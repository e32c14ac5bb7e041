//! Events as rows of the outbox: a kind and a JSON payload for those outside.

use domain::{Event, SeatNumber};
use serde::Serialize;
use uuid::Uuid;

use crate::instant::micros;
use crate::words::Word;

/// A row of the outbox that is new.
#[derive(Debug, Serialize)]
pub struct Row {
    pub at: i64,
    pub kind: &'static str,
    /// JSON.
    pub payload: String,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Payload {
    UserRegistered { user_id: Uuid },
    QueueJoined { queue_id: Uuid, user_id: Uuid },
    TokenActivated { queue_id: Uuid, user_id: Uuid, number: u64 },
    TokenExpired { queue_id: Uuid, user_id: Uuid, number: u64, reason: &'static str },
    SeatsHeld { reservation_id: Uuid, schedule_id: Uuid, user_id: Uuid, seats: Vec<u32>, expires_at_micros: i64 },
    ReservationCancelled { reservation_id: Uuid, schedule_id: Uuid, user_id: Uuid, seats: Vec<u32>, reason: &'static str },
    WalletCharged { user_id: Uuid, amount: i64, balance: i64 },
    PaymentCompleted { payment_id: Uuid, reservation_id: Uuid, user_id: Uuid, amount: i64 },
    PaymentRefunded { payment_id: Uuid, reservation_id: Uuid, user_id: Uuid, amount: i64 },
}

impl Row {
    /// `event`, written at `at` microseconds.
    pub fn new(event: &Event, at: i64) -> Self {
        // Structs of texts and numbers: they always have a JSON text.
        Self { at, kind: kind(event), payload: serde_json::to_string(&Payload::from(event)).unwrap_or_default() }
    }
}

const fn kind(event: &Event) -> &'static str {
    match event {
        Event::UserRegistered { .. } => "USER_REGISTERED",
        Event::QueueJoined { .. } => "QUEUE_JOINED",
        Event::TokenActivated { .. } => "TOKEN_ACTIVATED",
        Event::TokenExpired { .. } => "TOKEN_EXPIRED",
        Event::SeatsHeld { .. } => "SEATS_HELD",
        Event::ReservationCancelled { .. } => "RESERVATION_CANCELLED",
        Event::WalletCharged { .. } => "WALLET_CHARGED",
        Event::PaymentCompleted { .. } => "PAYMENT_COMPLETED",
        Event::PaymentRefunded { .. } => "PAYMENT_REFUNDED",
    }
}

impl From<&Event> for Payload {
    fn from(event: &Event) -> Self {
        match event {
            Event::UserRegistered { user } => Self::UserRegistered { user_id: user.0 },
            Event::QueueJoined { queue, user } => Self::QueueJoined { queue_id: queue.0, user_id: user.0 },
            Event::TokenActivated { queue, user, number } => Self::TokenActivated { queue_id: queue.0, user_id: user.0, number: *number },
            Event::TokenExpired { queue, user, number, reason } => {
                Self::TokenExpired { queue_id: queue.0, user_id: user.0, number: *number, reason: reason.word() }
            }
            Event::SeatsHeld { reservation, schedule, user, seats, expires_at } => Self::SeatsHeld {
                reservation_id: reservation.0,
                schedule_id: schedule.0,
                user_id: user.0,
                seats: numbers(seats),
                expires_at_micros: micros(*expires_at),
            },
            Event::ReservationCancelled { reservation, schedule, user, seats, reason } => Self::ReservationCancelled {
                reservation_id: reservation.0,
                schedule_id: schedule.0,
                user_id: user.0,
                seats: numbers(seats),
                reason: reason.word(),
            },
            Event::WalletCharged { user, amount, balance } => {
                Self::WalletCharged { user_id: user.0, amount: amount.minor(), balance: balance.minor() }
            }
            Event::PaymentCompleted { payment, reservation, user, amount } => {
                Self::PaymentCompleted { payment_id: payment.0, reservation_id: reservation.0, user_id: user.0, amount: amount.minor() }
            }
            Event::PaymentRefunded { payment, reservation, user, amount } => {
                Self::PaymentRefunded { payment_id: payment.0, reservation_id: reservation.0, user_id: user.0, amount: amount.minor() }
            }
        }
    }
}

fn numbers(seats: &[SeatNumber]) -> Vec<u32> {
    seats.iter().map(|seat| seat.get()).collect()
}
