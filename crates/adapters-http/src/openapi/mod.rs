//! The OpenAPI document, generated from the routes, in two steps: utoipa collects the routes with their schemas, in its own types; then the
//! JSON is completed with what utoipa can't express.

mod events;
mod examples;
mod lines;
mod location;
mod operations;
mod schemas;
mod sharing;

use std::sync::LazyLock;

use actix_web::App;
use serde_json::Value;
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{OneOf, Schema};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, OpenApi, RefOr};
use utoipa_actix_web::AppExt as _;

use crate::problem::{Code, FieldError, codes_of, documented, merge_common};
use crate::routes;
use crate::routes::queue_token_events::QueueNewsBody;

/// The beginning of the paths of resources.
const VERSIONED: &str = "/v1/";
/// The problems of every resource: each refuses unknown query parameters.
const EVERYWHERE: &[Code] = &[Code::ValidationFailed];
/// The problems of every resource below `/v1/`.
const ALWAYS: &[Code] = &[Code::NotAcceptable, Code::RateLimited, Code::Internal, Code::Overloaded, Code::Unavailable];

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Frontrow",
        description = "Concert reservations for more users than seats: a waiting queue, seats that are held for five minutes, a prepaid \
                       wallet, and payments. Existing paths respond to unsupported methods with 405 and `Allow`; every path that \
                       supports GET supports HEAD. A message that can't be parsed as a request is refused with the problem \
                       MALFORMED_REQUEST (400), REQUEST_TIMEOUT (408) or HEADERS_TOO_LARGE (431), and its connection is closed. \
                       `Request-Id` of a response is the id of the request in the log. Problems that buyers can cause are in Korean if `Accept-Language` \
                       prefers it (`ko`), all others in English.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "users", description = "Registration and the current user"),
        (name = "sessions", description = "Browsers that are signed in"),
        (name = "queue", description = "Queues and queue tokens"),
        (name = "concerts", description = "Concerts, their schedules and seats"),
        (name = "reservations", description = "Seats that are held or sold"),
        (name = "wallet", description = "The prepaid wallet of a user"),
        (name = "payments", description = "Payments for reservations, and refunds"),
        (name = "tickets", description = "Tickets: one for each paid seat"),
        (name = "admin", description = "The admin API, for access tokens with the role `operator`"),
        (name = "operations", description = "Health checks and metrics"),
    ),
    components(schemas(FieldError, QueueNewsBody)),
)]
struct Frontrow;

/// Generated once and shared by all workers.
static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(generate);
static JSON: LazyLock<String> = LazyLock::new(|| lines::write(&complete()));

/// Returns the OpenAPI 3.1 document of the API, as JSON with one line per operation and component.
pub fn openapi() -> &'static str {
    &JSON
}

/// Returns the document as utoipa generates it, for its paths and methods.
pub(crate) fn document() -> &'static OpenApi {
    &DOCUMENT
}

fn generate() -> OpenApi {
    let (_, mut document) = App::new().into_utoipa_app().openapi(Frontrow::openapi()).configure(routes::configure).split_for_parts();
    add_security(&mut document);
    for (path, item) in &mut document.paths.paths {
        for operation in operations_of(item) {
            add_common_problems(operation, path.starts_with(VERSIONED));
            forbid_null(operation);
        }
    }
    document
}

fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// Returns the complete document.
fn complete() -> Value {
    let mut document = document().clone();
    for (path, item) in &mut document.paths.paths {
        if path.starts_with(VERSIONED) {
            operations_of(item).for_each(|operation| merge_common(&mut operation.responses.responses));
        }
    }
    let mut document = serde_json::to_value(document).unwrap_or_default();
    schemas::complete(&mut document);
    operations::complete(&mut document);
    examples::add(&mut document);
    sharing::share(&mut document);
    document
}

fn add_security(document: &mut OpenApi) {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token from POST /v1/users, or one of an external issuer whose `sub` is a UUID."))
        .build();
    let queue_token = ApiKeyValue::with_description("Queue-Token", "An ACTIVE queue token of the caller for the concert's queue.");
    let cookie =
        ApiKeyValue::with_description("frontrow-session", "A refresh token; with `sessions.secure_cookies`, `__Secure-frontrow-session`.");
    let schemes = ComponentsBuilder::from(document.components.take().unwrap_or_default())
        .security_scheme("bearer", SecurityScheme::Http(bearer))
        .security_scheme("queue_token", SecurityScheme::ApiKey(ApiKey::Header(queue_token)))
        .security_scheme("session_cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    document.components = Some(schemes.build());
}

/// Corrects the schema of optional bodies: utoipa documents them as nullable, but `null` is not allowed.
fn forbid_null(operation: &mut Operation) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    for content in body.content.values_mut() {
        let RefOr::T(content) = content else { continue };
        let Some(RefOr::T(Schema::OneOf(OneOf { items, .. }))) = &content.schema else { continue };
        if let [body @ RefOr::Ref(_), RefOr::T(_)] = items.as_slice() {
            content.schema = Some(body.clone());
        }
    }
}

/// Adds the problems that every operation has to its own.
fn add_common_problems(operation: &mut Operation, versioned: bool) {
    let responses = &mut operation.responses.responses;
    let own = responses.values().filter_map(|response| if let RefOr::T(response) = response { Some(codes_of(response)) } else { None });
    let own: Vec<_> = own.flatten().collect();
    let always = if versioned { ALWAYS } else { &[] };
    responses.extend(documented(&[&own, EVERYWHERE, always]));
}
