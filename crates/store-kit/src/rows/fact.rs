//! Facts in the JSON form of the event log.

use domain::{
    CancelReason, ConcertId, ExpiryReason, Fact, Money, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenDigest, UserId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};
use crate::words::Word;

const TABLE: &str = "event_log";

/// A fact. Stored facts must stay readable: a member may be added if it has a default, and no member may change its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Record {
    #[serde(rename = "user.registered")]
    UserRegistered { user_id: Uuid },
    #[serde(rename = "queue_token.created")]
    QueueJoined {
        token: Uuid,
        queue_id: Uuid,
        user_id: Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        concert_id: Option<Uuid>,
    },
    #[serde(rename = "queue_token.activated")]
    TokenActivated { token: Uuid, queue_id: Uuid, user_id: Uuid, number: u64 },
    #[serde(rename = "queue_token.expired")]
    TokenExpired { token: Uuid, queue_id: Uuid, user_id: Uuid, number: u64, reason: String },
    #[serde(rename = "reservation.held")]
    SeatsHeld { reservation_id: Uuid, schedule_id: Uuid, user_id: Uuid, seats: Vec<u32>, expires_at: i64 },
    #[serde(rename = "reservation.cancelled")]
    ReservationCancelled { reservation_id: Uuid, schedule_id: Uuid, user_id: Uuid, seats: Vec<u32>, reason: String },
    #[serde(rename = "wallet.charged")]
    WalletCharged { user_id: Uuid, amount: i64, balance: i64 },
    #[serde(rename = "payment.completed")]
    PaymentCompleted { payment_id: Uuid, reservation_id: Uuid, user_id: Uuid, amount: i64 },
    #[serde(rename = "payment.refunded")]
    PaymentRefunded { payment_id: Uuid, reservation_id: Uuid, user_id: Uuid, amount: i64 },
    #[serde(rename = "ticket.used")]
    TicketUsed { reservation_id: Uuid, schedule_id: Uuid, user_id: Uuid, seat: u32, checked_in_by: Uuid },
}

impl From<&Fact> for Record {
    fn from(fact: &Fact) -> Self {
        match fact {
            Fact::UserRegistered { user } => Self::UserRegistered { user_id: user.0 },
            Fact::QueueJoined { token, queue, user, concert } => {
                Self::QueueJoined { token: token.0, queue_id: queue.0, user_id: user.0, concert_id: concert.map(|concert| concert.0) }
            }
            Fact::TokenActivated { token, queue, user, number } => {
                Self::TokenActivated { token: token.0, queue_id: queue.0, user_id: user.0, number: *number }
            }
            Fact::TokenExpired { token, queue, user, number, reason } => {
                let reason = reason.word().to_owned();
                Self::TokenExpired { token: token.0, queue_id: queue.0, user_id: user.0, number: *number, reason }
            }
            Fact::SeatsHeld { reservation, schedule, user, seats, expires_at } => Self::SeatsHeld {
                reservation_id: reservation.0,
                schedule_id: schedule.0,
                user_id: user.0,
                seats: numbers(seats),
                expires_at: micros(*expires_at),
            },
            Fact::ReservationCancelled { reservation, schedule, user, seats, reason } => Self::ReservationCancelled {
                reservation_id: reservation.0,
                schedule_id: schedule.0,
                user_id: user.0,
                seats: numbers(seats),
                reason: reason.word().to_owned(),
            },
            Fact::WalletCharged { user, amount, balance } => {
                Self::WalletCharged { user_id: user.0, amount: amount.minor(), balance: balance.minor() }
            }
            Fact::PaymentCompleted { payment, reservation, user, amount } => {
                Self::PaymentCompleted { payment_id: payment.0, reservation_id: reservation.0, user_id: user.0, amount: amount.minor() }
            }
            Fact::PaymentRefunded { payment, reservation, user, amount } => {
                Self::PaymentRefunded { payment_id: payment.0, reservation_id: reservation.0, user_id: user.0, amount: amount.minor() }
            }
            Fact::TicketUsed { reservation, schedule, user, seat, checked_in_by } => Self::TicketUsed {
                reservation_id: reservation.0,
                schedule_id: schedule.0,
                user_id: user.0,
                seat: seat.get(),
                checked_in_by: checked_in_by.0,
            },
        }
    }
}

impl TryFrom<Record> for Fact {
    type Error = Corrupt;

    fn try_from(record: Record) -> Result<Self, Corrupt> {
        Ok(match record {
            Record::UserRegistered { user_id } => Self::UserRegistered { user: UserId(user_id) },
            Record::QueueJoined { token, queue_id, user_id, concert_id } => Self::QueueJoined {
                token: TokenDigest(token),
                queue: QueueId(queue_id),
                user: UserId(user_id),
                concert: concert_id.map(ConcertId),
            },
            Record::TokenActivated { token, queue_id, user_id, number } => {
                Self::TokenActivated { token: TokenDigest(token), queue: QueueId(queue_id), user: UserId(user_id), number }
            }
            Record::TokenExpired { token, queue_id, user_id, number, reason } => {
                let reason = ExpiryReason::of(&reason).ok_or(Corrupt::new(TABLE, "reason"))?;
                Self::TokenExpired { token: TokenDigest(token), queue: QueueId(queue_id), user: UserId(user_id), number, reason }
            }
            Record::SeatsHeld { reservation_id, schedule_id, user_id, seats, expires_at } => Self::SeatsHeld {
                reservation: ReservationId(reservation_id),
                schedule: ScheduleId(schedule_id),
                user: UserId(user_id),
                seats: seat_numbers(seats)?,
                expires_at: instant(expires_at, TABLE, "expires_at")?,
            },
            Record::ReservationCancelled { reservation_id, schedule_id, user_id, seats, reason } => Self::ReservationCancelled {
                reservation: ReservationId(reservation_id),
                schedule: ScheduleId(schedule_id),
                user: UserId(user_id),
                seats: seat_numbers(seats)?,
                reason: CancelReason::of(&reason).ok_or(Corrupt::new(TABLE, "reason"))?,
            },
            Record::WalletCharged { user_id, amount, balance } => {
                Self::WalletCharged { user: UserId(user_id), amount: money(amount)?, balance: money(balance)? }
            }
            Record::PaymentCompleted { payment_id, reservation_id, user_id, amount } => Self::PaymentCompleted {
                payment: PaymentId(payment_id),
                reservation: ReservationId(reservation_id),
                user: UserId(user_id),
                amount: money(amount)?,
            },
            Record::PaymentRefunded { payment_id, reservation_id, user_id, amount } => Self::PaymentRefunded {
                payment: PaymentId(payment_id),
                reservation: ReservationId(reservation_id),
                user: UserId(user_id),
                amount: money(amount)?,
            },
            Record::TicketUsed { reservation_id, schedule_id, user_id, seat, checked_in_by } => Self::TicketUsed {
                reservation: ReservationId(reservation_id),
                schedule: ScheduleId(schedule_id),
                user: UserId(user_id),
                seat: SeatNumber::new(seat).map_err(|_| Corrupt::new(TABLE, "seat"))?,
                checked_in_by: UserId(checked_in_by),
            },
        })
    }
}

fn numbers(seats: &[SeatNumber]) -> Vec<u32> {
    seats.iter().map(|seat| seat.get()).collect()
}

fn seat_numbers(seats: Vec<u32>) -> Result<Vec<SeatNumber>, Corrupt> {
    seats.into_iter().map(|number| SeatNumber::new(number).map_err(|_| Corrupt::new(TABLE, "seats"))).collect()
}

fn money(minor: i64) -> Result<Money, Corrupt> {
    Money::new(minor).map_err(|_| Corrupt::new(TABLE, "amount"))
}
