//! Refusals: why a command may not be carried out. A refusal changes nothing.

use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::queue::QueueError;
use crate::reservation::ReservationStatus;
use crate::wallet::WalletError;
use crate::{ExpiryReason, Fault, Field, Money, Note, PaymentState, ReservationId, SeatNumber, SeatStatus, TokenId, Version};

/// Why a command may not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for a different request")]
    KeyReused,
    /// The thing doesn't exist, or is somebody else's.
    #[error("there is no such thing, or it is not yours")]
    NotFound,
    /// No queue token came with a guarded call.
    #[error("this needs a queue token")]
    TokenRequired,
    /// The token is another user's or another queue's.
    #[error("the queue token is not yours, or of another queue")]
    TokenMismatch,
    /// The token's user is still waiting.
    #[error("the queue token is still waiting")]
    TokenWaiting {
        /// Which token, for those who know its position.
        token: TokenId,
    },
    /// The token has ended.
    #[error("the queue token has expired")]
    TokenExpired(ExpiryReason),
    /// A thing with this id is there already.
    #[error("{0} is there already")]
    AlreadyExists(Uuid),
    /// What was to be changed isn't any more what the operator saw.
    #[error("it has changed since it was read")]
    VersionMismatch(Version),
    /// What is written down contradicts itself.
    #[error("{field:?}: {problem}")]
    Contradiction {
        /// Which part of it.
        field: Field,
        /// What is wrong with it.
        problem: String,
    },
    /// A concert's queue can't change while somebody holds its seats.
    #[error("somebody holds seats: the queue can't change now")]
    HoldsLive,
    /// A concert's queue can't change while users wait in it for the concert, or are let in to it.
    #[error("users wait for the concert in its queue, or are inside: the queue can't change now")]
    TokensLive,
    /// The schedule is already cancelled.
    #[error("the schedule is already cancelled")]
    AlreadyCancelled,
    /// What is to be joined for, held, paid or added to is cancelled.
    #[error("it is cancelled{}", reason.as_ref().map(|reason| format!(": {}", reason.as_str())).unwrap_or_default())]
    ScheduleCancelled {
        /// Why, if the operator said so.
        reason: Option<Note>,
    },
    /// The date is not called off.
    #[error("the date is not cancelled")]
    ScheduleNotCancelled,
    /// The queue can't do that.
    #[error(transparent)]
    QueueStep(#[from] QueueError),
    /// The queue lets nobody through.
    #[error("the queue is paused")]
    QueuePaused,
    /// The queue takes nobody in.
    #[error("the queue is closed")]
    QueueClosed,
    /// The line is as long as it may be.
    #[error("the queue is full")]
    QueueFull,
    /// The date's sale isn't open.
    #[error("the sale is not open")]
    SaleNotOpen {
        /// Its first instant.
        opens_at: OffsetDateTime,
        /// The first instant after it.
        closes_at: OffsetDateTime,
    },
    /// The date has no seats of these numbers.
    #[error("the date has no such seats")]
    UnknownSeats(Vec<SeatNumber>),
    /// The token has a live hold on other seats.
    #[error("another hold is live: release it to choose other seats")]
    HoldExists(ReservationId),
    /// More seats than a user may have of one concert.
    #[error("at most {limit} seats a user and concert, and {owned} are held or sold")]
    SeatLimitExceeded {
        /// How many they may have.
        limit: u32,
        /// How many they have.
        owned: u32,
    },
    /// The seats cost more together than a wallet may hold, so the reservation could not be paid.
    #[error("these seats cost more together than a wallet may hold: hold fewer at once")]
    NotPayable {
        /// What they cost, if that can be told.
        amount: Option<Money>,
        /// What a wallet may hold.
        limit: Money,
    },
    /// Somebody has these seats.
    #[error("seats are not available")]
    SeatsUnavailable(Vec<(SeatNumber, SeatStatus)>),
    /// The hold has ended unpaid.
    #[error("the reservation has expired")]
    ReservationExpired,
    /// The reservation is paid, released or refunded.
    #[error("the reservation is {0:?}: it can't be paid")]
    ReservationNotPayable(ReservationStatus),
    /// The reservation can't be released.
    #[error("the reservation is {0:?}: it can't be released")]
    NotReleasable(ReservationStatus),
    /// The payment can't be refunded any more.
    #[error("the payment can't be refunded")]
    NotRefundable {
        /// What has become of it.
        state: PaymentState,
        /// Whether it is because the show has started.
        started: bool,
    },
    /// The amount named differs from what is due.
    #[error("the amount differs from what is due")]
    AmountMismatch {
        /// What is due.
        due: Money,
    },
    /// The caller may not charge this wallet.
    #[error("this wallet is charged by operators and cashiers only: the access token has no such role")]
    ChargeForbidden,
    /// The amount can't be charged at once.
    #[error("a charge is from 1 to {} minor units", max.minor())]
    ChargeOutOfRange {
        /// The largest charge.
        max: Money,
    },
    /// Not enough in the wallet, or too much.
    #[error(transparent)]
    Wallet(#[from] WalletError),
    /// The log has no events after this position any more, or ends before it.
    #[error("the event log goes from position {start} to {end}")]
    EventsGone {
        /// The position from which on nothing is missing.
        start: u64,
        /// The last position.
        end: u64,
    },
    /// The store keeps the positions of as many readers of the log as it may.
    #[error("as many readers of the event log are known as may be: forget one first")]
    TooManyReaders,
    /// What was loaded contradicts itself: an internal fault.
    #[error(transparent)]
    Fault(#[from] Fault),
}
