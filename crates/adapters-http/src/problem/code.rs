//! The codes of problems: one row a code, with its status and title. docs/problems.md has a section for each.

use actix_web::http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident, $title:literal;)*) => {
        /// What went wrong, for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as clients see it.
            pub(crate) const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The status that comes with it.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// What it means, in a few words that are the same each time.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    /// Something in the request doesn't fit.
    ValidationFailed = "VALIDATION_FAILED", BAD_REQUEST, "The request does not fit";
    /// What came is no request.
    MalformedRequest = "MALFORMED_REQUEST", BAD_REQUEST, "This is no request";
    /// The body is not JSON.
    MalformedJson = "MALFORMED_JSON", BAD_REQUEST, "The body is not JSON";
    /// The request needs a usable key.
    IdempotencyKeyRequired = "IDEMPOTENCY_KEY_REQUIRED", BAD_REQUEST, "An idempotency key is required";
    /// The cursor is none of ours.
    InvalidCursor = "INVALID_CURSOR", BAD_REQUEST, "The cursor is not valid";
    /// Nobody knows who is asking.
    Unauthenticated = "UNAUTHENTICATED", UNAUTHORIZED, "Authentication is required";
    /// A guarded call without an admission.
    QueueTokenRequired = "QUEUE_TOKEN_REQUIRED", FORBIDDEN, "A queue token is required";
    /// The admission is yet to come.
    QueueTokenNotActive = "QUEUE_TOKEN_NOT_ACTIVE", FORBIDDEN, "The queue token is not active yet";
    /// The admission is another's, or to something else.
    QueueTokenMismatch = "QUEUE_TOKEN_MISMATCH", FORBIDDEN, "The queue token does not fit";
    /// Known, and not allowed.
    Forbidden = "FORBIDDEN", FORBIDDEN, "This is not allowed";
    /// Not there, or somebody else's.
    NotFound = "NOT_FOUND", NOT_FOUND, "There is nothing here";
    /// There, but not for this method.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED, "The method is not allowed";
    /// The client wants something else than JSON.
    NotAcceptable = "NOT_ACCEPTABLE", NOT_ACCEPTABLE, "Only JSON can be answered";
    /// The request did not come in time.
    RequestTimeout = "REQUEST_TIMEOUT", REQUEST_TIMEOUT, "The request did not arrive in time";
    /// Seats that somebody has.
    SeatUnavailable = "SEAT_UNAVAILABLE", CONFLICT, "Seats are not available";
    /// More seats than a user may have.
    SeatLimitExceeded = "SEAT_LIMIT_EXCEEDED", CONFLICT, "Too many seats";
    /// Another hold is live.
    HoldExists = "HOLD_EXISTS", CONFLICT, "Another hold is live";
    /// Paid, released or refunded.
    ReservationNotPayable = "RESERVATION_NOT_PAYABLE", CONFLICT, "The reservation can't be paid";
    /// Not enough in the wallet.
    InsufficientBalance = "INSUFFICIENT_BALANCE", CONFLICT, "The balance is too low";
    /// Too much for the wallet.
    WalletLimitExceeded = "WALLET_LIMIT_EXCEEDED", CONFLICT, "The wallet would hold too much";
    /// Its state doesn't allow it.
    InvalidState = "INVALID_STATE", CONFLICT, "The state does not allow it";
    /// A thing with this id is there.
    AlreadyExists = "ALREADY_EXISTS", CONFLICT, "It is there already";
    /// It is not as it was when it was read.
    PreconditionFailed = "PRECONDITION_FAILED", PRECONDITION_FAILED, "It has changed since";
    /// A change must say what it was made for.
    PreconditionRequired = "PRECONDITION_REQUIRED", PRECONDITION_REQUIRED, "If-Match is required";
    /// Before or after the sale.
    SaleNotOpen = "SALE_NOT_OPEN", CONFLICT, "The sale is not open";
    /// The date or the concert is cancelled.
    ScheduleCancelled = "SCHEDULE_CANCELLED", CONFLICT, "It is cancelled";
    /// Nobody is taken in.
    QueueClosed = "QUEUE_CLOSED", CONFLICT, "The queue is closed";
    /// The hold has ended unpaid.
    ReservationExpired = "RESERVATION_EXPIRED", GONE, "The reservation has expired";
    /// The admission has ended.
    QueueTokenExpired = "QUEUE_TOKEN_EXPIRED", GONE, "The queue token has expired";
    /// A position that the log doesn't go on from.
    EventsGone = "EVENTS_GONE", GONE, "The events are gone";
    /// A body past the limit.
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", PAYLOAD_TOO_LARGE, "The body is too large";
    /// A body that isn't said to be JSON.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE, "Only JSON is understood";
    /// A key that was used for another request.
    IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED", UNPROCESSABLE_ENTITY, "The idempotency key was used before";
    /// The line is as long as it may be.
    QueueFull = "QUEUE_FULL", TOO_MANY_REQUESTS, "The queue is full";
    /// A head past the limit.
    HeadersTooLarge = "HEADERS_TOO_LARGE", REQUEST_HEADER_FIELDS_TOO_LARGE, "The head is too large";
    /// Too many requests from one client.
    RateLimited = "RATE_LIMITED", TOO_MANY_REQUESTS, "Too many requests";
    /// Ours to mend.
    Internal = "INTERNAL", INTERNAL_SERVER_ERROR, "Something went wrong here";
    /// Too much to do; nothing has changed.
    Overloaded = "OVERLOADED", SERVICE_UNAVAILABLE, "Too much to do right now";
    /// The store doesn't answer; whether anything has changed is not known.
    Unavailable = "UNAVAILABLE", SERVICE_UNAVAILABLE, "The service is not available";
}

impl Code {
    /// The path that identifies it, a section of docs/problems.md.
    pub(crate) fn path(self) -> String {
        format!("/problems/{}", self.text().to_ascii_lowercase().replace('_', "-"))
    }

    /// The code for an error that did not come as a problem: the first with its status, or [`Code::Internal`].
    pub(crate) fn of_status(status: StatusCode) -> Self {
        Self::ALL.iter().copied().find(|code| code.status() == status).unwrap_or(Self::Internal)
    }
}
