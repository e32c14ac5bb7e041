//! Explanations of problems for buyers: what a problem's `detail` says, as data. [`text`](super::text) has the words, in each language.

use domain::reservation::ReservationStatus;
use domain::{Currency, ExpiryReason, Money};

/// Why a buyer's request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Explanation {
    /// The request has no access token.
    NotSignedIn,
    /// The access token is invalid or has expired.
    SignInEnded,
    /// The login code has expired or was redeemed.
    LoginCodeNotValid,
    /// New users can't register.
    RegistrationClosed,
    /// Only operators and cashiers may charge the wallet.
    ChargeForbidden,
    /// The resource doesn't exist or belongs to another user.
    NotFound,
    /// The request needs a queue token.
    NotQueued,
    /// The user is still waiting, at this position if it is known.
    Waiting {
        /// 1 for the next user to be admitted.
        position: Option<u64>,
    },
    /// The queue token belongs to another user or another queue.
    OtherQueue,
    /// The queue token has ended.
    TurnEnded(ExpiryReason),
    /// The queue accepts no new users.
    QueueClosed,
    /// The queue has the maximum number of waiting users.
    QueueFull,
    /// The sale of the schedule isn't open.
    SaleNotOpen,
    /// The schedule or concert is cancelled.
    ScheduleCancelled {
        /// The organiser's reason.
        reason: Option<String>,
    },
    /// The schedule has no such seats.
    UnknownSeats,
    /// Seats are held, sold or blocked.
    SeatsUnavailable {
        /// The number of these seats.
        seats: usize,
    },
    /// No seats as wanted are available.
    NoAdjacentSeats,
    /// More seats than a user may have.
    SeatLimitExceeded {
        /// The maximum number of seats.
        limit: u32,
        /// The number of seats that the user has.
        owned: u32,
    },
    /// The user holds other seats.
    HoldExists,
    /// The seats together cost more than a wallet can contain.
    TotalTooHigh {
        /// The largest balance of a wallet.
        limit: Amount,
    },
    /// The hold was not paid in time.
    ReservationExpired,
    /// The reservation isn't held any more.
    NotHeld(ReservationStatus),
    /// The payment is already refunded.
    AlreadyRefunded,
    /// The show has started, so its payments can't be refunded.
    ShowStarted,
    /// The amount of the request isn't the amount due.
    AmountChanged {
        /// The amount due.
        due: Amount,
    },
    /// The amount of a charge is out of range.
    ChargeOutOfRange {
        /// The largest charge.
        max: Amount,
    },
    /// The balance doesn't cover the amount due.
    InsufficientBalance {
        /// The balance of the wallet.
        balance: Amount,
        /// The amount due.
        required: Amount,
    },
    /// The balance would exceed the limit of the wallet.
    BalanceTooHigh {
        /// The balance of the wallet.
        balance: Amount,
        /// The largest balance of a wallet.
        limit: Amount,
    },
    /// The client has sent too many requests.
    TooManyRequests,
    /// The service is overloaded; nothing has changed.
    Overloaded,
    /// Whether anything has changed is unknown.
    Unavailable,
    /// An internal error.
    Internal,
}

/// An amount of money in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amount {
    /// The number of minor units.
    pub(super) minor: i64,
    /// The currency.
    pub(super) currency: Currency,
}

impl Amount {
    /// Creates an amount in `currency`.
    pub(super) const fn new(money: Money, currency: Currency) -> Self {
        Self { minor: money.minor(), currency }
    }
}
