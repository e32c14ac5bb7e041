//! The one mapping from what the application says to what a client is told.

use actix_web::http::header;
use application::Error;
use domain::reservation::ReservationStatus;
use domain::wallet::WalletError;
use domain::{CancelReason, Currency, Field, Money, Note, PaymentState, QueueState, Refusal, ScheduleField, SeatNumber, SeatStatus};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Code, FieldError, Problem};
use crate::response::{Instant, MoneyBody, token_status, version_tag};

/// After so many seconds a client whose request failed for lack of room tries again.
const RETRY_SECONDS: i64 = 1;
/// After so many seconds a full line may have room.
const FULL_SECONDS: i64 = 5;

impl Problem {
    /// What a client is told of `error`; amounts are of `currency`.
    pub(crate) fn of(error: Error, currency: Currency) -> Self {
        match error {
            Error::Refused(refusal) => Self::of_refusal(&refusal, currency),
            Error::Overloaded => Self::new(Code::Overloaded, "too much to do right now; nothing has changed").retry_after(RETRY_SECONDS),
            Error::Unavailable => Self::unavailable(),
            Error::Internal => Self::internal(),
        }
    }

    /// The store doesn't answer, or this process ends.
    pub(crate) fn unavailable() -> Self {
        let detail = "the service does not answer right now; the same request with the same key finds out what came of it";
        Self::new(Code::Unavailable, detail).retry_after(RETRY_SECONDS)
    }

    fn of_refusal(refusal: &Refusal, currency: Currency) -> Self {
        let say = |code| Self::new(code, refusal.to_string());
        let invalid = |pointer: &str| Self::invalid([FieldError::at(pointer, refusal)]);
        let money = |amount: Money| json!(MoneyBody::new(amount, currency));
        match refusal {
            Refusal::KeyReused => say(Code::IdempotencyKeyReused),
            Refusal::NotFound => Self::not_found(),
            Refusal::TokenRequired => say(Code::QueueTokenRequired),
            Refusal::TokenMismatch => say(Code::QueueTokenMismatch),
            Refusal::TokenWaiting { .. } => say(Code::QueueTokenNotActive).with("queue_token_status", "WAITING").retry_after(RETRY_SECONDS),
            Refusal::TokenExpired(reason) => say(Code::QueueTokenExpired).with("expired_reason", token_status::reason(*reason)),
            Refusal::AlreadyExists(id) => say(Code::AlreadyExists).with("id", id.to_string()),
            Refusal::VersionMismatch(version) => say(Code::PreconditionFailed).with_header(header::ETAG, version_tag(*version)),
            Refusal::Contradiction { field, problem } => Self::invalid([FieldError::at(pointer(*field), problem)]),
            Refusal::HoldsLive => say(Code::InvalidState).with("current_state", "HELD"),
            Refusal::TokensLive => say(Code::InvalidState).with("current_state", "IN_USE"),
            Refusal::ScheduleCancelled { reason } => say(Code::ScheduleCancelled).with("reason", reason.as_ref().map(Note::as_str)),
            Refusal::AlreadyCancelled => say(Code::InvalidState).with("current_state", "CANCELLED"),
            Refusal::ScheduleNotCancelled => say(Code::InvalidState).with("current_state", "SCHEDULED"),
            Refusal::QueueStep(error) => say(Code::InvalidState).with("current_state", queue_state(error.state)),
            Refusal::QueuePaused => say(Code::InvalidState).with("current_state", queue_state(QueueState::Paused)),
            Refusal::QueueClosed => say(Code::QueueClosed),
            Refusal::QueueFull => say(Code::QueueFull).retry_after(FULL_SECONDS),
            Refusal::SaleNotOpen { opens_at, closes_at } => {
                say(Code::SaleNotOpen).with("sale_opens_at", instant(*opens_at)).with("sale_closes_at", instant(*closes_at))
            }
            Refusal::UnknownSeats(seats) => Self::invalid(seats.iter().copied().map(unknown_seat)),
            Refusal::HoldExists(reservation) => say(Code::HoldExists).with("reservation_id", reservation.to_string()),
            Refusal::SeatLimitExceeded { limit, owned } => say(Code::SeatLimitExceeded).with("limit", *limit).with("owned", *owned),
            Refusal::NotPayable { amount, limit } => {
                say(Code::WalletLimitExceeded).with("amount", amount.map_or(Value::Null, money)).with("limit", money(*limit))
            }
            Refusal::SeatsUnavailable(seats) => say(Code::SeatUnavailable).with("conflicts", conflicts(seats)),
            Refusal::ReservationExpired => say(Code::ReservationExpired),
            Refusal::ReservationNotPayable(status) => {
                Self::new(Code::ReservationNotPayable, not_held(*status)).with("current_state", reservation_state(*status))
            }
            Refusal::NotReleasable(status) => {
                Self::new(Code::InvalidState, not_held(*status)).with("current_state", reservation_state(*status))
            }
            Refusal::NotRefundable { state, started } => {
                let detail = if *started { "the show has started: no refund any more" } else { "the payment has been refunded already" };
                Self::new(Code::InvalidState, detail).with("current_state", payment_state(*state))
            }
            Refusal::EventsGone { start, end } => say(Code::EventsGone).with("start", *start).with("end", *end),
            Refusal::TooManyReaders => say(Code::InvalidState).with("current_state", "FULL"),
            Refusal::Fault(_) => Self::internal(),
            Refusal::AmountMismatch { due } => invalid("/amount").with("due", money(*due)),
            Refusal::ChargeForbidden => say(Code::Forbidden),
            Refusal::ChargeOutOfRange { .. } => invalid("/amount/amount"),
            Refusal::Wallet(error) => match error {
                WalletError::Insufficient { balance, required } => {
                    Self::new(Code::InsufficientBalance, "the balance does not cover what is due")
                        .with("balance", money(*balance))
                        .with("required", money(*required))
                }
                WalletError::LimitExceeded { balance, limit } => {
                    Self::new(Code::WalletLimitExceeded, "the wallet would hold more than it may")
                        .with("balance", money(*balance))
                        .with("limit", money(*limit))
                }
            },
        }
    }
}

const fn queue_state(state: QueueState) -> &'static str {
    match state {
        QueueState::Open => "OPEN",
        QueueState::Paused => "PAUSED",
        QueueState::Closed => "CLOSED",
    }
}

fn instant(at: OffsetDateTime) -> Value {
    json!(Instant::from(at))
}

fn unknown_seat(number: SeatNumber) -> FieldError {
    FieldError::at("/seat_numbers", format_args!("the date has no seat {number}"))
}

fn conflicts(seats: &[(SeatNumber, SeatStatus)]) -> Value {
    seats.iter().map(|(number, status)| json!({"number": number.get(), "status": crate::response::seat_status(*status)})).collect()
}

const fn reservation_state(status: ReservationStatus) -> &'static str {
    match status {
        ReservationStatus::Held => "HELD",
        ReservationStatus::Confirmed => "CONFIRMED",
        ReservationStatus::Cancelled(_) => "CANCELLED",
    }
}

const fn not_held(status: ReservationStatus) -> &'static str {
    match status {
        ReservationStatus::Held => "the reservation is held by someone at this very moment",
        ReservationStatus::Confirmed => "the reservation is paid: a refund of its payment gives the seats back",
        ReservationStatus::Cancelled(CancelReason::Expired) => "the reservation was not paid in time",
        ReservationStatus::Cancelled(CancelReason::Released) => "the reservation was released",
        ReservationStatus::Cancelled(CancelReason::Refunded) => "the reservation was refunded",
    }
}

const fn payment_state(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Completed => "COMPLETED",
        PaymentState::Cancelled { .. } => "CANCELLED",
    }
}

/// Where the body has `field`, as a JSON pointer.
fn pointer(field: Field) -> String {
    match field {
        Field::User => "/user_id".to_owned(),
        Field::Queue => "/queue_id".to_owned(),
        Field::SeatsPerUser => "/max_seats_per_user".to_owned(),
        Field::Policy(field) => format!("/policy/{}", field.name()),
        Field::Schedules => "/schedules".to_owned(),
        Field::ScheduleAt(place, field) => format!("/schedules/{place}/{}", schedule_field(field)),
        Field::ScheduleView(field) => format!("/{}", schedule_field(field)),
        Field::Seats => "/sections".to_owned(),
    }
}

const fn schedule_field(field: ScheduleField) -> &'static str {
    match field {
        ScheduleField::Id => "id",
        ScheduleField::SaleClose => "sale_closes_at",
        ScheduleField::Seats => "seat_map/sections",
    }
}
