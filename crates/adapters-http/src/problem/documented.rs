//! Problems in the OpenAPI document.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{ContentBuilder, Header, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type};

use super::{Code, FieldError, MEDIA_TYPE};

/// What every problem says; some codes add members of their own.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "it only tells the document what problems look like")]
pub(crate) struct ProblemBody {
    /// What went wrong: a path that docs/problems.md explains.
    #[schema(example = "/problems/seat-unavailable")]
    r#type: String,
    /// The same in a few words.
    title: String,
    /// The answer's status.
    status: u16,
    /// What went wrong this time.
    detail: String,
    /// The path that was asked for.
    instance: String,
    /// What went wrong, for programs.
    #[schema(example = "SEAT_UNAVAILABLE")]
    code: String,
    /// The id under which the log knows the request.
    request_id: String,
    /// With `VALIDATION_FAILED`: what doesn't fit.
    #[schema(nullable = false)]
    errors: Option<Vec<FieldError>>,
}

/// The answers that `codes` come as: one a status, which names its codes.
pub(crate) fn documented(codes: &[&[Code]]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<StatusCode, Vec<Code>> = BTreeMap::new();
    for code in codes.iter().copied().flatten().copied() {
        let known = by_status.entry(code.status()).or_default();
        if !known.contains(&code) {
            known.push(code);
        }
    }
    by_status.into_iter().map(|(status, codes)| (status.as_str().to_owned(), answer(&codes).into())).collect()
}

fn answer(codes: &[Code]) -> Response {
    let named: Vec<_> = codes.iter().copied().map(described).collect();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let answer = ResponseBuilder::new().description(named.join("; ")).content(MEDIA_TYPE, content);
    let headers = codes.iter().filter_map(|code| code.header());
    headers.fold(answer, |answer, (name, description)| answer.header(name, header(description))).build()
}

/// What a client does about a failure of the service: what the titles don't say.
const ADVICE: [(Code, &str); 3] = [
    (Code::Internal, "an internal fault: sending the request again does not help"),
    (Code::Overloaded, "nothing has changed, and nothing will: send the request again after `Retry-After` seconds"),
    (Code::Unavailable, "whether a change was made is not known: send the request again, with the same key if it has one"),
];

fn described(code: Code) -> String {
    let advice = ADVICE.into_iter().find(|(of, _)| *of == code).map(|(_, advice)| format!(" ({advice})"));
    format!("`{}`: {}{}", code.text(), code.title(), advice.unwrap_or_default())
}

/// A header that is a text.
pub(crate) fn header(description: &str) -> Header {
    HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).description(Some(description)).build()
}

impl Code {
    /// The header that comes with it, and what it says.
    const fn header(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Unauthenticated => Some(("WWW-Authenticate", "How to say who is asking.")),
            Self::UnsupportedMediaType => Some(("Accept", "What is understood.")),
            Self::PreconditionFailed => Some(("ETag", "The version that it has now.")),
            Self::MethodNotAllowed => Some(("Allow", "The methods of this resource.")),
            Self::QueueTokenNotActive | Self::QueueFull | Self::RateLimited | Self::Overloaded | Self::Unavailable => {
                Some(("Retry-After", "After so many seconds it makes sense to try again."))
            }
            Self::MalformedRequest
            | Self::MalformedJson
            | Self::ValidationFailed
            | Self::IdempotencyKeyRequired
            | Self::InvalidCursor
            | Self::QueueTokenRequired
            | Self::QueueTokenMismatch
            | Self::Forbidden
            | Self::NotFound
            | Self::NotAcceptable
            | Self::RequestTimeout
            | Self::SeatUnavailable
            | Self::SeatLimitExceeded
            | Self::HoldExists
            | Self::ReservationNotPayable
            | Self::InsufficientBalance
            | Self::WalletLimitExceeded
            | Self::InvalidState
            | Self::AlreadyExists
            | Self::PreconditionRequired
            | Self::SaleNotOpen
            | Self::ScheduleCancelled
            | Self::QueueClosed
            | Self::ReservationExpired
            | Self::QueueTokenExpired
            | Self::EventsGone
            | Self::PayloadTooLarge
            | Self::IdempotencyKeyReused
            | Self::HeadersTooLarge
            | Self::Internal => None,
        }
    }
}

/// Names the problems of a route, for its documentation.
macro_rules! problems {
    ($name:ident: $($codes:expr),+ $(,)?) => {
        struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                $crate::problem::documented(&[$($codes),+])
            }
        }
    };
}

pub(crate) use problems;
