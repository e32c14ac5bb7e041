//! Problem documents: why a request was refused.

use std::fmt::{self, Display};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ids::ReservationId;
use crate::money::Money;
use crate::queue::ExpiredReason;
use crate::reply::Reply;
use crate::reservations::ReservationStatus;
use crate::seats::SeatStatus;
use crate::text_enum::text_enum;
use crate::tickets::{InvalidTicketReason, ScannedTicket};

/// The maximum number of invalid parts of a request that a problem's text lists.
const MAX_SHOWN_ERRORS: usize = 10;

text_enum! {
    /// The code of a problem; `docs/problems.md` describes each.
    pub enum ProblemCode {
        /// The resource exists already.
        AlreadyExists = "ALREADY_EXISTS",
        /// A page of another site sent a request that only pages of the server may send.
        CrossSiteRequest = "CROSS_SITE_REQUEST",
        /// The events have been deleted.
        EventsGone = "EVENTS_GONE",
        /// The caller may not do this.
        Forbidden = "FORBIDDEN",
        /// The headers are too large.
        HeadersTooLarge = "HEADERS_TOO_LARGE",
        /// The user holds other seats.
        HoldExists = "HOLD_EXISTS",
        /// The idempotency key is missing or invalid.
        IdempotencyKeyRequired = "IDEMPOTENCY_KEY_REQUIRED",
        /// The idempotency key belongs to another request.
        IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
        /// The balance is too low.
        InsufficientBalance = "INSUFFICIENT_BALANCE",
        /// A fault of the server; repeating the request doesn't help.
        Internal = "INTERNAL",
        /// The cursor is invalid.
        InvalidCursor = "INVALID_CURSOR",
        /// The state of the resource doesn't allow this.
        InvalidState = "INVALID_STATE",
        /// The login code is unknown, expired, or was used.
        LoginCodeNotValid = "LOGIN_CODE_NOT_VALID",
        /// The body is not JSON.
        MalformedJson = "MALFORMED_JSON",
        /// The request is not HTTP.
        MalformedRequest = "MALFORMED_REQUEST",
        /// The resource doesn't support the method.
        MethodNotAllowed = "METHOD_NOT_ALLOWED",
        /// No seats that fit are free.
        NoAdjacentSeats = "NO_ADJACENT_SEATS",
        /// The resource has no acceptable media type.
        NotAcceptable = "NOT_ACCEPTABLE",
        /// There is no such resource for this caller.
        NotFound = "NOT_FOUND",
        /// The server is overloaded; nothing has changed.
        Overloaded = "OVERLOADED",
        /// The body is too large.
        PayloadTooLarge = "PAYLOAD_TOO_LARGE",
        /// The resource has another version.
        PreconditionFailed = "PRECONDITION_FAILED",
        /// The version to change is missing.
        PreconditionRequired = "PRECONDITION_REQUIRED",
        /// The queue accepts no users.
        QueueClosed = "QUEUE_CLOSED",
        /// The queue is full.
        QueueFull = "QUEUE_FULL",
        /// The queue token has ended.
        QueueTokenExpired = "QUEUE_TOKEN_EXPIRED",
        /// The queue token is another user's or another queue's.
        QueueTokenMismatch = "QUEUE_TOKEN_MISMATCH",
        /// The queue token is still waiting.
        QueueTokenNotActive = "QUEUE_TOKEN_NOT_ACTIVE",
        /// The queue token is missing.
        QueueTokenRequired = "QUEUE_TOKEN_REQUIRED",
        /// There were too many requests.
        RateLimited = "RATE_LIMITED",
        /// The request arrived too slowly.
        RequestTimeout = "REQUEST_TIMEOUT",
        /// The hold has ended; nothing was charged.
        ReservationExpired = "RESERVATION_EXPIRED",
        /// The reservation can't be paid.
        ReservationNotPayable = "RESERVATION_NOT_PAYABLE",
        /// The sale is not open.
        SaleNotOpen = "SALE_NOT_OPEN",
        /// The schedule is cancelled.
        ScheduleCancelled = "SCHEDULE_CANCELLED",
        /// The user would have too many seats.
        SeatLimitExceeded = "SEAT_LIMIT_EXCEEDED",
        /// Seats are not available.
        SeatUnavailable = "SEAT_UNAVAILABLE",
        /// The session of the cookie has ended.
        SessionEnded = "SESSION_ENDED",
        /// The ticket admits nobody.
        TicketNotValid = "TICKET_NOT_VALID",
        /// The ticket was used before.
        TicketUsed = "TICKET_USED",
        /// The access token is missing, invalid or expired.
        Unauthenticated = "UNAUTHENTICATED",
        /// The outcome is unknown: repeat the request with its idempotency key.
        Unavailable = "UNAVAILABLE",
        /// The body has another media type.
        UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE",
        /// Parts of the request are invalid.
        ValidationFailed = "VALIDATION_FAILED",
        /// The wallet's limit would be exceeded.
        WalletLimitExceeded = "WALLET_LIMIT_EXCEEDED",
    }
}

/// A problem document (RFC 9457): why a request was refused, or failed.
///
/// As text it is a line for logs and developers; `detail` alone is for buyers.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The code.
    pub code: ProblemCode,
    /// What happened, for people.
    pub title: String,
    /// The particulars, for people: shops may show it to buyers as it is.
    pub detail: String,
    /// The status of the response.
    pub status: u16,
    /// The id of the request, with which operators find the cause.
    pub request_id: Option<Uuid>,
    /// The invalid parts of the request.
    pub errors: Vec<FieldError>,
    /// The members that problems of this code have.
    pub members: ProblemMembers,
    /// The time after which to repeat the request.
    pub retry_after: Option<Duration>,
    /// The whole document.
    pub document: Value,
}

/// An invalid part of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The place: a JSON pointer into the body, or `/` and the name of a parameter or header.
    pub pointer: String,
    /// What is invalid.
    pub message: String,
}

/// A seat that isn't available.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatConflict {
    /// The number of the seat.
    pub number: u32,
    /// Its status.
    pub status: SeatStatus,
}

/// The members of a problem that only problems of its code have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum ProblemMembers {
    /// The resource exists already.
    AlreadyExists {
        /// The id that exists.
        id: Uuid,
    },
    /// The events have been deleted.
    EventsGone {
        /// The first position after which no event is missing.
        start: u64,
        /// The last position of the log.
        end: u64,
    },
    /// The user holds other seats.
    HoldExists {
        /// The reservation that holds them.
        reservation_id: ReservationId,
    },
    /// The balance is too low.
    InsufficientBalance {
        /// The balance.
        balance: Money,
        /// The amount due.
        required: Money,
    },
    /// The state of the resource doesn't allow this.
    InvalidState {
        /// The state.
        current_state: String,
    },
    /// The body is too large.
    PayloadTooLarge {
        /// The maximum length in bytes.
        limit_bytes: u64,
    },
    /// The queue token has ended.
    QueueTokenExpired {
        /// Why it has ended.
        expired_reason: ExpiredReason,
    },
    /// The queue token is still waiting.
    QueueTokenNotActive {
        /// Its position, if it is known.
        position: Option<u64>,
    },
    /// The reservation can't be paid.
    ReservationNotPayable {
        /// Its status.
        current_state: ReservationStatus,
    },
    /// The sale is not open.
    SaleNotOpen {
        /// The first instant of the sale.
        #[serde(with = "time::serde::rfc3339")]
        sale_opens_at: OffsetDateTime,
        /// The first instant after the sale.
        #[serde(with = "time::serde::rfc3339")]
        sale_closes_at: OffsetDateTime,
    },
    /// The schedule is cancelled.
    ScheduleCancelled {
        /// The organiser's reason, if there is one.
        reason: Option<String>,
    },
    /// The user would have too many seats.
    SeatLimitExceeded {
        /// The maximum number of seats of the concert, held and sold together.
        limit: u64,
        /// The number of seats that the user has.
        owned: u64,
    },
    /// Seats are not available.
    SeatUnavailable {
        /// These seats.
        conflicts: Vec<SeatConflict>,
    },
    /// The ticket admits nobody.
    TicketNotValid {
        /// Why.
        reason: InvalidTicketReason,
        /// The ticket.
        ticket: Option<Box<ScannedTicket>>,
    },
    /// The ticket was used before.
    TicketUsed {
        /// When it was used.
        #[serde(with = "time::serde::rfc3339")]
        used_at: OffsetDateTime,
        /// The ticket.
        ticket: Option<Box<ScannedTicket>>,
    },
    /// The wallet's limit would be exceeded.
    WalletLimitExceeded {
        /// The largest balance of a wallet.
        limit: Money,
        /// The balance, if a charge would exceed the limit.
        balance: Option<Money>,
        /// The price of the seats, if it exceeds the limit and can be computed.
        amount: Option<Money>,
    },
    /// There are none, or they are newer than this client: see [`Problem::document`].
    #[serde(other)]
    Other,
}

/// The members that all problems have.
#[derive(Deserialize)]
struct Common {
    title: String,
    #[serde(default)]
    detail: String,
    code: String,
    #[serde(default)]
    request_id: Option<Uuid>,
    #[serde(default)]
    errors: Vec<FieldError>,
}

impl Problem {
    /// Parses the problem document in a response; `None` if it has none, so that it isn't from Frontrow.
    pub fn of(reply: &Reply) -> Option<Self> {
        let document: Value = serde_json::from_slice(&reply.body).ok()?;
        let Common { title, detail, code, request_id, errors } = Common::deserialize(&document).ok()?;
        let members = ProblemMembers::deserialize(&document).unwrap_or(ProblemMembers::Other);
        let (status, retry_after) = (reply.status, reply.retry_after());
        Some(Self { code: code.into(), title, detail, status, request_id, errors, members, retry_after, document })
    }
}

impl Display for Problem {
    /// Formats the problem as one line: `title: detail (CODE; /pointer message)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, detail, .. } = self;
        let line = if detail.is_empty() || detail == title { title.clone() } else { format!("{title}: {detail}") };
        write!(f, "{line} ({}", self.code)?;
        // Omits messages that the detail contains.
        let mut errors = self.errors.iter().filter(|error| !line.contains(&error.message));
        for FieldError { pointer, message } in errors.by_ref().take(MAX_SHOWN_ERRORS) {
            write!(f, "; {pointer} {message}")?;
        }
        match errors.count() {
            0 => f.write_str(")"),
            hidden => write!(f, "; and {hidden} more)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problem(document: &Value) -> Option<Problem> {
        Problem::of(&Reply { status: 400, body: document.to_string().into(), ..Reply::default() })
    }

    #[test]
    fn a_problem_is_shown_in_one_line_with_at_most_ten_invalid_parts() {
        let error = |number: usize| json!({"pointer": format!("/{number}"), "message": "is unknown"});
        let shown = |detail: &str, count| {
            let errors: Vec<_> = (1..=count).map(error).collect();
            problem(&json!({"title": "T", "detail": detail, "status": 400, "code": "C", "errors": errors})).unwrap().to_string()
        };
        assert_eq!(shown("T", 0), "T (C)");
        assert_eq!(shown("A member is wrong.", 1), "T: A member is wrong. (C; /1 is unknown)");
        assert_eq!(shown("/1 is unknown", 1), "T: /1 is unknown (C)");
        let long = shown("", 50);
        assert!(long.starts_with("T (C; /1 is unknown; ") && long.ends_with("; /10 is unknown; and 40 more)"), "{long}");
    }

    #[test]
    fn codes_and_members_of_newer_servers_are_kept_in_the_document() {
        let newer = problem(&json!({"title": "T", "status": 409, "code": "NEW", "detail": "D", "x": 1})).unwrap();
        assert_eq!((newer.code, newer.members), (ProblemCode::Unknown("NEW".to_owned()), ProblemMembers::Other));
        assert_eq!(newer.document["x"], 1);
        let changed = problem(&json!({"title": "T", "status": 409, "code": "SEAT_UNAVAILABLE", "conflicts": "many"})).unwrap();
        assert_eq!((changed.code, changed.members), (ProblemCode::SeatUnavailable, ProblemMembers::Other));
        assert_eq!(problem(&json!({"error": "bad gateway"})), None);
        assert_eq!(problem(&json!([])), None);
    }
}
