//! Refusals: the reasons why a command is not carried out. A refusal changes nothing.

use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::queue::InvalidTransition;
use crate::reservation::ReservationStatus;
use crate::ticket::TicketFlaw;
use crate::wallet::WalletError;
use crate::{ExpiryReason, Fault, Field, Money, Note, PaymentState, ReservationId, SeatNumber, SeatStatus, TokenId, Version};

/// The reason why a command is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for a different request")]
    KeyReused,
    /// The resource doesn't exist or belongs to another user.
    #[error("the resource does not exist or belongs to another user")]
    NotFound,
    /// A guarded request had no queue token.
    #[error("the request needs a queue token")]
    TokenRequired,
    /// The token belongs to another user or another queue.
    #[error("the queue token belongs to another user or another queue")]
    TokenMismatch,
    /// The token's user is still waiting.
    #[error("the queue token is still waiting")]
    TokenWaiting {
        /// The token, so that its position can be looked up.
        token: TokenId,
    },
    /// The token has ended.
    #[error("the queue token has expired")]
    TokenExpired(ExpiryReason),
    /// A resource with this id already exists.
    #[error("{0} already exists")]
    AlreadyExists(Uuid),
    /// The resource to be changed no longer has the version that the operator read.
    #[error("the resource has changed since it was read")]
    VersionMismatch(Version),
    /// A field of the command is invalid or contradicts another.
    #[error("{field:?}: {problem}")]
    Contradiction {
        /// The field.
        field: Field,
        /// The explanation.
        problem: String,
    },
    /// A concert's queue can't change while seats of the concert are held.
    #[error("seats of the concert are held: its queue can't be changed now")]
    LiveHoldsExist,
    /// A concert's queue can't change while it has waiting or active users for the concert.
    #[error("the concert has waiting or active users in its queue: the queue can't be changed now")]
    LiveTokensExist,
    /// The schedule is already cancelled.
    #[error("the schedule is already cancelled")]
    AlreadyCancelled,
    /// The concert or the schedule of the command is cancelled.
    #[error("the concert or schedule is cancelled{}", reason.as_ref().map(|reason| format!(": {}", reason.as_str())).unwrap_or_default())]
    ScheduleCancelled {
        /// The reason, if the operator specified one.
        reason: Option<Note>,
    },
    /// The schedule is not cancelled.
    #[error("the schedule is not cancelled")]
    ScheduleNotCancelled,
    /// The state of the queue doesn't allow the step.
    #[error(transparent)]
    QueueTransition(#[from] InvalidTransition),
    /// The queue is PAUSED: it admits no users.
    #[error("the queue is paused")]
    QueuePaused,
    /// The queue is CLOSED: no user can join.
    #[error("the queue is closed")]
    QueueClosed,
    /// The queue has the maximum number of waiting users.
    #[error("the queue is full")]
    QueueFull,
    /// The sale of the schedule isn't open.
    #[error("the sale is not open")]
    SaleNotOpen {
        /// The first instant of the sale.
        opens_at: OffsetDateTime,
        /// The first instant after the sale.
        closes_at: OffsetDateTime,
    },
    /// The schedule has no seats with these numbers.
    #[error("the schedule has no such seats")]
    UnknownSeats(Vec<SeatNumber>),
    /// The token has a live hold on other seats.
    #[error("the queue token already has a live hold on other seats: exchange or release it")]
    HoldExists(ReservationId),
    /// The user would have more seats of the concert than allowed.
    #[error("a user may have at most {limit} seats of the concert, held and sold together, and has {owned}")]
    SeatLimitExceeded {
        /// The maximum number of seats.
        limit: u32,
        /// The number of seats that the user has.
        owned: u32,
    },
    /// The total price of the seats exceeds the largest balance of a wallet, so the reservation could not be paid.
    #[error("the total price of the seats exceeds the largest balance of a wallet: hold fewer seats at once")]
    NotPayable {
        /// The total price, if it is within the range of amounts.
        amount: Option<Money>,
        /// The largest balance of a wallet.
        limit: Money,
    },
    /// These seats are held, sold or blocked.
    #[error("seats are not available")]
    SeatsUnavailable(Vec<(SeatNumber, SeatStatus)>),
    /// No seats as wanted are available.
    #[error("no such seats are available")]
    NoAdjacentSeats {
        /// The seats that were considered and turned out to be held, sold or blocked.
        taken: Vec<SeatNumber>,
    },
    /// The hold has expired unpaid.
    #[error("the reservation has expired")]
    ReservationExpired,
    /// The reservation is paid, released or refunded.
    #[error("the reservation is {0:?}: it can't be paid")]
    ReservationNotPayable(ReservationStatus),
    /// The reservation can't be released.
    #[error("the reservation is {0:?}: it can't be released")]
    NotReleasable(ReservationStatus),
    /// The payment can't be refunded.
    #[error("the payment can't be refunded")]
    NotRefundable {
        /// The state of the payment.
        state: PaymentState,
        /// Whether the reason is that the show has started.
        started: bool,
    },
    /// The ticket was used: it can't be used again, and its buyer can't refund it.
    #[error("the ticket was used at {used_at}")]
    TicketUsed {
        /// When it was used.
        used_at: OffsetDateTime,
    },
    /// The ticket doesn't admit anyone.
    #[error(transparent)]
    TicketNotValid(#[from] TicketFlaw),
    /// The specified amount differs from the amount due.
    #[error("the amount differs from the amount due")]
    AmountMismatch {
        /// The amount due.
        due: Money,
    },
    /// The caller may not charge this wallet.
    #[error("only operators and cashiers may charge this wallet: the access token has neither role")]
    ChargeForbidden,
    /// The amount of a charge is out of range.
    #[error("a charge must be from 1 to {} minor units", max.minor())]
    ChargeOutOfRange {
        /// The largest charge.
        max: Money,
    },
    /// The balance of the wallet would fall below zero or exceed its limit.
    #[error(transparent)]
    Wallet(#[from] WalletError),
    /// The event log no longer has the events after the requested position, or ends before it.
    #[error("the event log ranges from position {start} to {end}")]
    PositionOutOfRange {
        /// The first position after which no event is missing.
        start: u64,
        /// The last position of the log.
        end: u64,
    },
    /// The store has the maximum number of readers of the event log.
    #[error("the maximum number of event log readers is reached: delete one first")]
    TooManyReaders,
    /// The session has ended, or doesn't exist.
    #[error("the session has ended")]
    SessionEnded,
    /// The login code doesn't exist, has expired or was redeemed.
    #[error("the login code is not valid, or no longer")]
    LoginCodeNotValid,
    /// The access token was issued by a session, and can't begin another one.
    #[error("an access token that was issued by a session can't be used to begin another one: sign in again")]
    SessionNotAllowed,
    /// The loaded rows contradict each other: an internal fault.
    #[error(transparent)]
    Fault(#[from] Fault),
}
