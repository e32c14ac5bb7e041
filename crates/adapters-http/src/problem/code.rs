//! The problem codes, each with its status and title. docs/problems.md has a section for each.

use actix_web::http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident, $title:literal;)*) => {
        /// The machine-readable code of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the code as it is sent to clients.
            pub(crate) const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns the HTTP status of the code.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// Returns the title, which is always the same for a code.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    /// A part of the request is invalid.
    ValidationFailed = "VALIDATION_FAILED", BAD_REQUEST, "Please check your input";
    /// The message is not an HTTP request.
    MalformedRequest = "MALFORMED_REQUEST", BAD_REQUEST, "Malformed request";
    /// The body is not JSON.
    MalformedJson = "MALFORMED_JSON", BAD_REQUEST, "The body is not valid JSON";
    /// The request has no valid idempotency key.
    IdempotencyKeyRequired = "IDEMPOTENCY_KEY_REQUIRED", BAD_REQUEST, "An idempotency key is required";
    /// The cursor is not a cursor of this list.
    InvalidCursor = "INVALID_CURSOR", BAD_REQUEST, "The cursor is not valid";
    /// The request has no valid access token.
    Unauthenticated = "UNAUTHENTICATED", UNAUTHORIZED, "Please sign in";
    /// The session has ended, or doesn't exist.
    SessionEnded = "SESSION_ENDED", UNAUTHORIZED, "You have been signed out";
    /// The login code doesn't exist, has expired or was redeemed.
    LoginCodeNotValid = "LOGIN_CODE_NOT_VALID", UNAUTHORIZED, "The link to sign in is not valid";
    /// A page of another origin sent a request that uses the session cookie.
    CrossSiteRequest = "CROSS_SITE_REQUEST", FORBIDDEN, "Requests from other sites are not allowed";
    /// A guarded request has no queue token.
    QueueTokenRequired = "QUEUE_TOKEN_REQUIRED", FORBIDDEN, "Please join the queue first";
    /// The queue token is still waiting.
    QueueTokenNotActive = "QUEUE_TOKEN_NOT_ACTIVE", FORBIDDEN, "It's not your turn yet";
    /// The queue token belongs to another user or another queue.
    QueueTokenMismatch = "QUEUE_TOKEN_MISMATCH", FORBIDDEN, "This place in the queue is not valid here";
    /// The caller is authenticated and lacks the permission.
    Forbidden = "FORBIDDEN", FORBIDDEN, "Permission denied";
    /// The resource doesn't exist or belongs to another user.
    NotFound = "NOT_FOUND", NOT_FOUND, "Not found";
    /// The resource doesn't support this method.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED, "The method is not allowed";
    /// `Accept` excludes the media type of the response.
    NotAcceptable = "NOT_ACCEPTABLE", NOT_ACCEPTABLE, "No acceptable media type";
    /// The request did not arrive in time.
    RequestTimeout = "REQUEST_TIMEOUT", REQUEST_TIMEOUT, "The request did not arrive in time";
    /// Some of the seats are held, sold or blocked.
    SeatUnavailable = "SEAT_UNAVAILABLE", CONFLICT, "Seats are no longer available";
    /// No seats as wanted are available.
    NoAdjacentSeats = "NO_ADJACENT_SEATS", CONFLICT, "No such seats are available";
    /// More seats than a user may have.
    SeatLimitExceeded = "SEAT_LIMIT_EXCEEDED", CONFLICT, "Too many seats";
    /// The user has an active hold on other seats.
    HoldExists = "HOLD_EXISTS", CONFLICT, "You already hold other seats";
    /// The reservation is paid, released or refunded.
    ReservationNotPayable = "RESERVATION_NOT_PAYABLE", CONFLICT, "This reservation can't be paid";
    /// The balance doesn't cover the amount.
    InsufficientBalance = "INSUFFICIENT_BALANCE", CONFLICT, "Your balance is too low";
    /// The amount exceeds the limit of a wallet.
    WalletLimitExceeded = "WALLET_LIMIT_EXCEEDED", CONFLICT, "The limit of the wallet is exceeded";
    /// The state of the resource doesn't allow the operation.
    InvalidState = "INVALID_STATE", CONFLICT, "This is not possible now";
    /// The ticket was used.
    TicketUsed = "TICKET_USED", CONFLICT, "The ticket was used";
    /// The ticket admits nobody: it is void or for another schedule.
    TicketNotValid = "TICKET_NOT_VALID", CONFLICT, "The ticket is not valid";
    /// A resource with this id exists.
    AlreadyExists = "ALREADY_EXISTS", CONFLICT, "Already exists";
    /// The resource has another version than `If-Match`.
    PreconditionFailed = "PRECONDITION_FAILED", PRECONDITION_FAILED, "The resource has changed";
    /// A change must name the version that it applies to.
    PreconditionRequired = "PRECONDITION_REQUIRED", PRECONDITION_REQUIRED, "If-Match is required";
    /// Before or after the sale.
    SaleNotOpen = "SALE_NOT_OPEN", CONFLICT, "The sale is not open";
    /// The schedule or the concert is cancelled.
    ScheduleCancelled = "SCHEDULE_CANCELLED", CONFLICT, "This show is cancelled";
    /// The queue accepts no new users.
    QueueClosed = "QUEUE_CLOSED", CONFLICT, "The queue is closed";
    /// The hold was not paid in time.
    ReservationExpired = "RESERVATION_EXPIRED", GONE, "Your time to pay is over";
    /// The queue token has expired.
    QueueTokenExpired = "QUEUE_TOKEN_EXPIRED", GONE, "Your turn has ended";
    /// The event log can't be continued from this position.
    EventsGone = "EVENTS_GONE", GONE, "The events are no longer available";
    /// The body exceeds the limit.
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", PAYLOAD_TOO_LARGE, "The body is too large";
    /// The body isn't declared as JSON.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE, "Unsupported media type";
    /// The key was used for another request.
    IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED", UNPROCESSABLE_ENTITY, "The idempotency key was used for another request";
    /// The queue has its maximum number of waiting users.
    QueueFull = "QUEUE_FULL", TOO_MANY_REQUESTS, "The queue is full";
    /// The request head exceeds the limit.
    HeadersTooLarge = "HEADERS_TOO_LARGE", REQUEST_HEADER_FIELDS_TOO_LARGE, "The request head is too large";
    /// The client has sent too many requests.
    RateLimited = "RATE_LIMITED", TOO_MANY_REQUESTS, "Too many requests";
    /// An internal error of the service.
    Internal = "INTERNAL", INTERNAL_SERVER_ERROR, "Something went wrong";
    /// The service is overloaded; nothing has changed.
    Overloaded = "OVERLOADED", SERVICE_UNAVAILABLE, "We are very busy";
    /// The store doesn't respond; whether anything has changed is unknown.
    Unavailable = "UNAVAILABLE", SERVICE_UNAVAILABLE, "The service is not available";
}

impl Code {
    /// Returns the name of the code in names of schemas and responses: `SeatUnavailable`.
    pub(crate) fn name(self) -> String {
        let words = self.text().split('_').filter_map(|word| word.split_at_checked(1));
        words.fold(String::new(), |name, (first, rest)| name + first + &rest.to_ascii_lowercase())
    }

    /// Returns the path that identifies the code, and of its page.
    pub(crate) fn path(self) -> String {
        format!("/problems/{}", self.text().to_ascii_lowercase().replace('_', "-"))
    }

    /// Returns the code for an error that is not a problem: the first code with its status, or [`Code::Internal`].
    pub(crate) fn of_status(status: StatusCode) -> Self {
        Self::ALL.iter().copied().find(|code| code.status() == status).unwrap_or(Self::Internal)
    }
}
