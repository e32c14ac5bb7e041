//! Problems in the OpenAPI document.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{Discriminator, OneOfBuilder, Schema};
use utoipa::openapi::{ContentBuilder, Header, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type};

use super::members::{common, members};
use super::{Code, MEDIA_TYPE};

/// The name of the schema with the members of all problems.
const COMMON: &str = "ProblemMembers";

/// The codes that many operations have.
const COMMON_CODES: [Code; 10] = [
    Code::Unauthenticated,
    Code::Forbidden,
    Code::NotAcceptable,
    Code::RequestTimeout,
    Code::PayloadTooLarge,
    Code::UnsupportedMediaType,
    Code::RateLimited,
    Code::Internal,
    Code::Overloaded,
    Code::Unavailable,
];

/// Returns the schemas of problems: one for each code, and their union, `Problem`.
pub(crate) fn schemas() -> Map<String, Value> {
    let mut schemas: Map<_, _> = Code::ALL.iter().map(|code| (schema_name(*code), schema_of(*code))).collect();
    let all: Vec<_> = Code::ALL.iter().map(|code| json!({"$ref": location(*code)})).collect();
    let mapping: Map<_, _> = Code::ALL.iter().map(|code| (code.text().to_owned(), location(*code).into())).collect();
    let discriminator = json!({"propertyName": "code", "mapping": mapping});
    schemas.insert("Problem".to_owned(), json!({"description": "Any problem.", "oneOf": all, "discriminator": discriminator}));
    schemas.insert(COMMON.to_owned(), common());
    schemas
}

fn schema_of(code: Code) -> Value {
    let members = members(code);
    let required: Vec<_> =
        ["code"].into_iter().chain(members.iter().filter(|member| member.is_required).map(|member| member.name)).collect();
    let mut properties: Map<_, _> = members.iter().map(|member| (member.name.to_owned(), member.schema.clone())).collect();
    properties.insert("code".to_owned(), json!({"type": "string", "const": code.text()}));
    let own = json!({"type": "object", "required": required, "properties": properties});
    json!({"description": describe(code), "allOf": [{"$ref": format!("#/components/schemas/{COMMON}")}, own]})
}

fn schema_name(code: Code) -> String {
    format!("{}Problem", code.name())
}

fn location(code: Code) -> String {
    format!("#/components/schemas/{}", schema_name(code))
}

/// Returns the codes of a documented response, if it is a problem.
pub(crate) fn codes_of(response: &Response) -> Vec<Code> {
    let Some(RefOr::T(content)) = response.content.get(MEDIA_TYPE) else { return Vec::new() };
    let schemas = match &content.schema {
        Some(RefOr::T(Schema::OneOf(union))) => union.items.iter().collect(),
        Some(schema) => vec![schema],
        None => Vec::new(),
    };
    let locations: Vec<_> =
        schemas.into_iter().filter_map(|schema| if let RefOr::Ref(schema) = schema { Some(&schema.ref_location) } else { None }).collect();
    Code::ALL.iter().copied().filter(|code| locations.contains(&&location(*code))).collect()
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

/// Replaces the responses with common codes alone by one for each range of statuses: `4XX` and `5XX`.
pub(crate) fn merge_common(responses: &mut BTreeMap<String, RefOr<Response>>) {
    let mut by_range: BTreeMap<String, Vec<Code>> = BTreeMap::new();
    responses.retain(|status, found| {
        let codes = if let RefOr::T(found) = found { codes_of(found) } else { Vec::new() };
        let is_common = !codes.is_empty() && codes.iter().all(|code| COMMON_CODES.contains(code));
        if is_common {
            by_range.entry(format!("{}XX", &status[..1])).or_default().extend(codes);
        }
        !is_common
    });
    responses.extend(by_range.into_iter().map(|(range, codes)| (range, response(&codes).into())));
}

fn response(codes: &[Code]) -> Response {
    let names: Vec<_> = codes.iter().map(|code| format!("`{}`", code.text())).collect();
    let schema: RefOr<Schema> = match codes {
        [code] => Ref::new(location(*code)).into(),
        codes => {
            let mapping = codes.iter().map(|code| (code.text(), location(*code)));
            let union = OneOfBuilder::new().discriminator(Some(Discriminator::with_mapping("code", mapping)));
            codes.iter().fold(union, |union, code| union.item(Ref::new(location(*code)))).into()
        }
    };
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new().description(names.join(", ")).content(MEDIA_TYPE, content);
    let headers = codes.iter().filter_map(|code| code.header());
    headers.fold(response, |response, (name, description)| response.header(name, header(description))).build()
}

/// Advice to clients about failures of the service, in addition to the titles.
const ADVICE: [(Code, &str); 3] = [
    (Code::Internal, "Repeating the request does not help."),
    (Code::Overloaded, "Nothing was changed, and nothing will be: repeat the request after `Retry-After` seconds."),
    (Code::Unavailable, "Whether a change was made is unknown: repeat the request, with the same key if it has one."),
];

/// Returns the title of the code, and the advice for it.
fn describe(code: Code) -> String {
    let advice = ADVICE.into_iter().find(|(of, _)| *of == code).map(|(_, advice)| format!(" {advice}"));
    format!("{}.{}", code.title(), advice.unwrap_or_default())
}

/// Returns a header whose value is a string.
fn header(description: &str) -> Header {
    HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).description(Some(description)).build()
}

impl Code {
    /// Returns the header that is sent with the code, and its description.
    const fn header(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Unauthenticated | Self::SessionEnded | Self::LoginCodeNotValid => {
                Some(("WWW-Authenticate", "The authentication scheme."))
            }
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
            | Self::CrossSiteRequest
            | Self::QueueTokenRequired
            | Self::QueueTokenMismatch
            | Self::Forbidden
            | Self::NotFound
            | Self::NotAcceptable
            | Self::RequestTimeout
            | Self::SeatUnavailable
            | Self::NoAdjacentSeats
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
