//! The members of problems, for the OpenAPI document. Tests compare the problems of all refused requests with them.

use serde_json::{Value, json};

use super::Code;

/// A member of the problems of one code.
pub(super) struct Member {
    pub(super) name: &'static str,
    /// Whether each problem of the code has it.
    pub(super) is_required: bool,
    pub(super) schema: Value,
}

const fn always(name: &'static str, schema: Value) -> Member {
    Member { name, is_required: true, schema }
}

const fn sometimes(name: &'static str, schema: Value) -> Member {
    Member { name, is_required: false, schema }
}

fn schema(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn described(name: &str, description: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}"), "description": description})
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn id(description: &str) -> Value {
    json!({"type": "string", "format": "uuid", "description": description})
}

fn count(description: &str) -> Value {
    json!({"type": "integer", "format": "int64", "minimum": 0, "description": description})
}

/// Returns what problems of `code` have in addition to the common members.
pub(super) fn members(code: Code) -> Vec<Member> {
    match code {
        Code::ValidationFailed => vec![
            always("errors", json!({"type": "array", "items": schema("FieldError"), "minItems": 1})),
            sometimes("due", described("Money", "The amount due, if the amount of a payment differs from it.")),
        ],
        Code::PayloadTooLarge => vec![always("limit_bytes", count("The maximum length of the body in bytes."))],
        Code::QueueTokenNotActive => vec![
            always("queue_token_status", json!({"type": "string", "enum": ["WAITING"]})),
            always(
                "position",
                json!({"type": ["integer", "null"], "format": "int64", "minimum": 1, "description": "The position in the queue; null if it is unknown."}),
            ),
        ],
        Code::QueueTokenExpired => vec![always("expired_reason", schema("ExpiredReason"))],
        Code::AlreadyExists => vec![always("id", id("The id that exists already."))],
        Code::SeatUnavailable => {
            let conflict = json!({
                "type": "object",
                "required": ["number", "status"],
                "properties": {"number": {"type": "integer", "format": "int32", "minimum": 1}, "status": schema("SeatStatus")},
            });
            vec![always("conflicts", json!({"type": "array", "items": conflict, "description": "The seats that are not available."}))]
        }
        Code::TicketUsed => {
            vec![always("used_at", described("Instant", "When the ticket was used.")), sometimes("ticket", schema("ScannedTicket"))]
        }
        Code::TicketNotValid => vec![
            always(
                "reason",
                json!({"type": "string", "enum": ["REFUNDED", "SCHEDULE_CANCELLED", "OTHER_SCHEDULE"], "description": "Why the ticket admits nobody."}),
            ),
            sometimes("ticket", schema("ScannedTicket")),
        ],
        Code::SeatLimitExceeded => vec![
            always("limit", count("The maximum number of seats of the concert, held and sold together.")),
            always("owned", count("The number of seats that the user has.")),
        ],
        Code::HoldExists => vec![always("reservation_id", id("The reservation that holds the other seats."))],
        Code::ReservationNotPayable => vec![always("current_state", schema("ReservationStatus"))],
        Code::InvalidState => {
            let states = ["CANCELLED", "CLOSED", "COMPLETED", "CONFIRMED", "FULL", "HELD", "IN_USE", "OPEN", "PAUSED", "SCHEDULED"];
            vec![always("current_state", json!({"type": "string", "enum": states, "description": "The state of the resource."}))]
        }
        Code::InsufficientBalance => vec![always("balance", schema("Money")), always("required", schema("Money"))],
        Code::WalletLimitExceeded => vec![
            always("limit", described("Money", "The largest balance of a wallet.")),
            sometimes("balance", described("Money", "The balance, if a charge exceeds the limit.")),
            sometimes(
                "amount",
                json!({"oneOf": [schema("Money"), {"type": "null"}], "description": "The price of the seats, if it exceeds the limit; null if it is out of range."}),
            ),
        ],
        Code::SaleNotOpen => vec![
            always("sale_opens_at", described("Instant", "The first instant of the sale.")),
            always("sale_closes_at", described("Instant", "The first instant after the sale.")),
        ],
        Code::ScheduleCancelled => {
            vec![always("reason", json!({"type": ["string", "null"], "description": "The organiser's reason; null if there is none."}))]
        }
        Code::EventsGone => vec![
            always("start", count("The first position after which no event is missing.")),
            always("end", count("The last position of the log.")),
        ],
        Code::MalformedRequest
        | Code::MalformedJson
        | Code::IdempotencyKeyRequired
        | Code::NoAdjacentSeats
        | Code::IdempotencyKeyReused
        | Code::InvalidCursor
        | Code::Unauthenticated
        | Code::SessionEnded
        | Code::LoginCodeNotValid
        | Code::CrossSiteRequest
        | Code::QueueTokenRequired
        | Code::QueueTokenMismatch
        | Code::Forbidden
        | Code::NotFound
        | Code::MethodNotAllowed
        | Code::NotAcceptable
        | Code::RequestTimeout
        | Code::PreconditionFailed
        | Code::PreconditionRequired
        | Code::QueueClosed
        | Code::ReservationExpired
        | Code::UnsupportedMediaType
        | Code::QueueFull
        | Code::HeadersTooLarge
        | Code::RateLimited
        | Code::Internal
        | Code::Overloaded
        | Code::Unavailable => Vec::new(),
    }
}

/// Returns the members of all problems.
pub(super) fn common() -> Value {
    json!({
        "type": "object",
        "description": "The members of every problem (RFC 9457). `title` and `detail` are in the language of `Content-Language`.",
        "required": ["type", "title", "status", "detail", "instance", "request_id"],
        "properties": {
            "type": {"type": "string", "description": "The kind of problem: the path of a page that explains it."},
            "title": text("A short summary of the kind of problem."),
            "status": {"type": "integer", "format": "int32", "description": "The status of the response.", "minimum": 400, "maximum": 599},
            "detail": text("An explanation of this occurrence: to buyers, if they can cause it."),
            "instance": text("The path of the request."),
            "request_id": id("The id of the request in the log."),
        },
        "examples": [{
            "type": "/problems/seat-unavailable",
            "title": "Seats are no longer available",
            "status": 409,
            "detail": "A seat that you chose is no longer available. Please choose another.",
            "instance": "/v1/reservations",
            "request_id": "019d4c5e-1f0a-7cc3-9a52-000000000003",
        }],
    })
}
