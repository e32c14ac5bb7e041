//! The mapping from the application's errors to problems.

use actix_web::http::header;
use application::Error;
use domain::reservation::ReservationStatus;
use domain::ticket::TicketFlaw;
use domain::wallet::WalletError;
use domain::{Currency, Field, Money, Note, PaymentState, QueueState, Refusal, ScheduleField, SeatNumber, SeatStatus};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::explanation::Amount;
use super::{Code, Explanation, FieldError, Problem};
use crate::response::{Instant, MoneyBody, token_status, version_tag};

/// The `Retry-After` of a request that failed for lack of capacity.
const RETRY_SECONDS: i64 = 1;
/// The `Retry-After` of a full queue.
const FULL_SECONDS: i64 = 5;

impl Problem {
    /// Returns the problem for `error`; amounts are in `currency`.
    pub(crate) fn of(error: Error, currency: Currency) -> Self {
        match error {
            Error::Refused(refusal) => Self::of_refusal(&refusal, currency),
            Error::Overloaded => Self::new(Code::Overloaded, Explanation::Overloaded).retry_after(RETRY_SECONDS),
            Error::Unavailable => Self::unavailable(),
            Error::Internal => Self::internal(),
        }
    }

    /// Creates the problem of a store that doesn't respond or a process that is stopping.
    pub(crate) fn unavailable() -> Self {
        Self::new(Code::Unavailable, Explanation::Unavailable).retry_after(RETRY_SECONDS)
    }

    /// Creates the problem of a user who is still waiting, at `position` if it is known.
    pub(crate) fn waiting(position: Option<u64>) -> Self {
        let problem = Self::new(Code::QueueTokenNotActive, Explanation::Waiting { position }).with("queue_token_status", "WAITING");
        problem.with("position", position)
    }

    pub(super) fn of_refusal(refusal: &Refusal, currency: Currency) -> Self {
        let refused = |code| Self::new(code, refusal.to_string());
        let invalid = |pointer: &str| Self::invalid([FieldError::at(pointer, refusal)]);
        let money = |amount: Money| json!(MoneyBody::new(amount, currency));
        let amount_of = |amount: Money| Amount::new(amount, currency);
        match refusal {
            Refusal::KeyReused => refused(Code::IdempotencyKeyReused),
            Refusal::NotFound => Self::not_found(),
            Refusal::TokenRequired => Self::new(Code::QueueTokenRequired, Explanation::NotQueued),
            Refusal::TokenMismatch => Self::new(Code::QueueTokenMismatch, Explanation::OtherQueue),
            Refusal::TokenWaiting { .. } => Self::waiting(None).retry_after(RETRY_SECONDS),
            Refusal::TokenExpired(reason) => {
                Self::new(Code::QueueTokenExpired, Explanation::TurnEnded(*reason)).with("expired_reason", token_status::reason(*reason))
            }
            Refusal::AlreadyExists(id) => refused(Code::AlreadyExists).with("id", id.to_string()),
            Refusal::VersionMismatch(version) => refused(Code::PreconditionFailed).with_header(header::ETAG, version_tag(*version)),
            Refusal::Contradiction { field, problem } => Self::invalid([FieldError::at(pointer(*field), problem)]),
            Refusal::LiveHoldsExist => refused(Code::InvalidState).with("current_state", "HELD"),
            Refusal::LiveTokensExist => refused(Code::InvalidState).with("current_state", "IN_USE"),
            Refusal::ScheduleCancelled { reason } => {
                let reason = reason.as_ref().map(Note::as_str);
                let explanation = Explanation::ScheduleCancelled { reason: reason.map(str::to_owned) };
                Self::new(Code::ScheduleCancelled, explanation).with("reason", reason)
            }
            Refusal::AlreadyCancelled => refused(Code::InvalidState).with("current_state", "CANCELLED"),
            Refusal::ScheduleNotCancelled => refused(Code::InvalidState).with("current_state", "SCHEDULED"),
            Refusal::QueueTransition(error) => refused(Code::InvalidState).with("current_state", queue_state(error.state)),
            Refusal::QueuePaused => refused(Code::InvalidState).with("current_state", queue_state(QueueState::Paused)),
            Refusal::QueueClosed => Self::new(Code::QueueClosed, Explanation::QueueClosed),
            Refusal::QueueFull => Self::new(Code::QueueFull, Explanation::QueueFull).retry_after(FULL_SECONDS),
            Refusal::SaleNotOpen { opens_at, closes_at } => {
                let problem = Self::new(Code::SaleNotOpen, Explanation::SaleNotOpen).with("sale_opens_at", instant(*opens_at));
                problem.with("sale_closes_at", instant(*closes_at))
            }
            Refusal::UnknownSeats(seats) => Self::invalid(seats.iter().copied().map(unknown_seat)).explained(Explanation::UnknownSeats),
            Refusal::HoldExists(reservation) => {
                Self::new(Code::HoldExists, Explanation::HoldExists).with("reservation_id", reservation.to_string())
            }
            Refusal::SeatLimitExceeded { limit, owned } => {
                let explanation = Explanation::SeatLimitExceeded { limit: *limit, owned: *owned };
                Self::new(Code::SeatLimitExceeded, explanation).with("limit", *limit).with("owned", *owned)
            }
            Refusal::NotPayable { amount, limit } => {
                let problem = Self::new(Code::WalletLimitExceeded, Explanation::TotalTooHigh { limit: amount_of(*limit) });
                problem.with("amount", amount.map_or(Value::Null, money)).with("limit", money(*limit))
            }
            Refusal::SeatsUnavailable(seats) => {
                let explanation = Explanation::SeatsUnavailable { seats: seats.len() };
                Self::new(Code::SeatUnavailable, explanation).with("conflicts", conflicts(seats))
            }
            Refusal::NoAdjacentSeats { .. } => Self::new(Code::NoAdjacentSeats, Explanation::NoAdjacentSeats),
            Refusal::ReservationExpired => Self::new(Code::ReservationExpired, Explanation::ReservationExpired),
            Refusal::ReservationNotPayable(status) => {
                Self::new(Code::ReservationNotPayable, Explanation::NotHeld(*status)).with("current_state", reservation_state(*status))
            }
            Refusal::NotReleasable(status) => {
                Self::new(Code::InvalidState, Explanation::NotHeld(*status)).with("current_state", reservation_state(*status))
            }
            Refusal::NotRefundable { state, started } => {
                let explanation = if *started { Explanation::ShowStarted } else { Explanation::AlreadyRefunded };
                Self::new(Code::InvalidState, explanation).with("current_state", payment_state(*state))
            }
            Refusal::TicketUsed { used_at } => Self::new(Code::TicketUsed, "the ticket was used before").with("used_at", instant(*used_at)),
            Refusal::TicketNotValid(flaw) => refused(Code::TicketNotValid).with("reason", ticket_flaw(*flaw)),
            Refusal::PositionOutOfRange { start, end } => refused(Code::EventsGone).with("start", *start).with("end", *end),
            Refusal::TooManyReaders => refused(Code::InvalidState).with("current_state", "FULL"),
            Refusal::SessionEnded => signed_out(Code::SessionEnded, Explanation::SignInEnded),
            Refusal::LoginCodeNotValid => signed_out(Code::LoginCodeNotValid, Explanation::LoginCodeNotValid),
            Refusal::SessionNotAllowed => refused(Code::Forbidden),
            Refusal::Fault(_) => Self::internal(),
            Refusal::AmountMismatch { due } => {
                invalid("/amount").explained(Explanation::AmountChanged { due: amount_of(*due) }).with("due", money(*due))
            }
            Refusal::ChargeForbidden => Self::new(Code::Forbidden, Explanation::ChargeForbidden),
            Refusal::ChargeOutOfRange { max } => {
                invalid("/amount/amount").explained(Explanation::ChargeOutOfRange { max: amount_of(*max) })
            }
            Refusal::Wallet(WalletError::Insufficient { balance, required }) => {
                let explanation = Explanation::InsufficientBalance { balance: amount_of(*balance), required: amount_of(*required) };
                let problem = Self::new(Code::InsufficientBalance, explanation).with("balance", money(*balance));
                problem.with("required", money(*required))
            }
            Refusal::Wallet(WalletError::LimitExceeded { balance, limit }) => {
                let explanation = Explanation::BalanceTooHigh { balance: amount_of(*balance), limit: amount_of(*limit) };
                Self::new(Code::WalletLimitExceeded, explanation).with("balance", money(*balance)).with("limit", money(*limit))
            }
        }
    }
}

/// Returns the problem of a user who must sign in again.
fn signed_out(code: Code, explanation: Explanation) -> Problem {
    Problem::new(code, explanation).with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"frontrow\"")
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
    FieldError::at("/seat_numbers", format_args!("the schedule has no seat {number}"))
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

const fn payment_state(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Completed => "COMPLETED",
        PaymentState::Cancelled { .. } => "CANCELLED",
    }
}

const fn ticket_flaw(flaw: TicketFlaw) -> &'static str {
    match flaw {
        TicketFlaw::Refunded => "REFUNDED",
        TicketFlaw::ScheduleCancelled => "SCHEDULE_CANCELLED",
        TicketFlaw::OtherSchedule => "OTHER_SCHEDULE",
    }
}

/// Returns the JSON pointer to `field` in the body.
fn pointer(field: Field) -> String {
    match field {
        Field::User => "/user_id".to_owned(),
        Field::Queue => "/queue_id".to_owned(),
        Field::SeatsPerUser => "/max_seats_per_user".to_owned(),
        Field::Policy(field) => format!("/policy/{}", field.name()),
        Field::Schedules => "/schedules".to_owned(),
        Field::ScheduleAt(index, field) => format!("/schedules/{index}/{}", schedule_field(field)),
        Field::Schedule(field) => format!("/{}", schedule_field(field)),
        Field::Seats => "/sections".to_owned(),
        Field::Category => "/best_available/category".to_owned(),
        Field::Section => "/best_available/section".to_owned(),
    }
}

const fn schedule_field(field: ScheduleField) -> &'static str {
    match field {
        ScheduleField::Id => "id",
        ScheduleField::SaleClose => "sale_closes_at",
        ScheduleField::Seats => "seat_map/sections",
    }
}
