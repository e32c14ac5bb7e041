//! Problems in the OpenAPI document.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{ContentBuilder, Header, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type};

use super::{Code, FieldError, MEDIA_TYPE};

/// The members of every problem; some codes add members of their own.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "it only describes problems in the OpenAPI document")]
pub(crate) struct ProblemBody {
    /// The kind of problem: the path of a page that explains it.
    #[schema(example = "/problems/seat-unavailable")]
    r#type: String,
    /// A short summary of the kind of problem.
    title: String,
    /// The status of the response.
    status: u16,
    /// An explanation of this occurrence.
    detail: String,
    /// The path of the request.
    instance: String,
    /// The kind of problem, for programs.
    #[schema(example = "SEAT_UNAVAILABLE")]
    code: String,
    /// The id of the request in the log.
    request_id: String,
    /// The invalid parts of the request, with `VALIDATION_FAILED`.
    #[schema(nullable = false)]
    errors: Option<Vec<FieldError>>,
}

/// Returns the responses for `codes`: one for each status, which names its codes.
pub(crate) fn documented(codes: &[&[Code]]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<StatusCode, Vec<Code>> = BTreeMap::new();
    for code in codes.iter().copied().flatten().copied() {
        let known = by_status.entry(code.status()).or_default();
        if !known.contains(&code) {
            known.push(code);
        }
    }
    by_status.into_iter().map(|(status, codes)| (status.as_str().to_owned(), response(&codes).into())).collect()
}

fn response(codes: &[Code]) -> Response {
    let descriptions: Vec<_> = codes.iter().copied().map(describe).collect();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description(descriptions.join("; ")).content(MEDIA_TYPE, content);
    let headers = codes.iter().filter_map(|code| code.header());
    headers.fold(response, |response, (name, description)| response.header(name, header(description))).build()
}

/// Advice to clients about failures of the service, in addition to the titles.
const ADVICE: [(Code, &str); 3] = [
    (Code::Internal, "repeating the request does not help"),
    (Code::Overloaded, "nothing was changed, and nothing will be: repeat the request after `Retry-After` seconds"),
    (Code::Unavailable, "whether a change was made is unknown: repeat the request, with the same key if it has one"),
];

fn describe(code: Code) -> String {
    let advice = ADVICE.into_iter().find(|(of, _)| *of == code).map(|(_, advice)| format!(" ({advice})"));
    format!("`{}`: {}{}", code.text(), code.title(), advice.unwrap_or_default())
}

/// Returns a header whose value is a string.
pub(crate) fn header(description: &str) -> Header {
    HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).description(Some(description)).build()
}

impl Code {
    /// Returns the header that is sent with the code, and its description.
    const fn header(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Unauthenticated => Some(("WWW-Authenticate", "The authentication scheme.")),
            Self::UnsupportedMediaType => Some(("Accept", "The supported media type.")),
            Self::PreconditionFailed => Some(("ETag", "The current version.")),
            Self::MethodNotAllowed => Some(("Allow", "The methods of this resource.")),
            Self::QueueTokenNotActive | Self::QueueFull | Self::RateLimited | Self::Overloaded | Self::Unavailable => {
                Some(("Retry-After", "The number of seconds after which to retry."))
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
            | Self::TicketUsed
            | Self::TicketNotValid
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

/// Declares the problems of a route for its documentation.
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
