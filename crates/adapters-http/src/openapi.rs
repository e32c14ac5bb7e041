//! The OpenAPI document, generated from the routes.

use std::sync::LazyLock;

use actix_web::App;
use utoipa::OpenApi as _;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{OneOf, Schema};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, OpenApi, RefOr};
use utoipa_actix_web::AppExt as _;

use crate::problem::{Code, ProblemBody, documented, header};
use crate::routes;

/// What any resource may answer: none takes parameters that it doesn't know.
const EVERYWHERE: &[Code] = &[Code::ValidationFailed];
/// What any resource of the API may answer.
const ALWAYS: &[Code] = &[Code::NotAcceptable, Code::RateLimited, Code::Internal, Code::Overloaded, Code::Unavailable];

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Frontrow",
        description = "Concert reservations for a crowd that is larger than the hall: a waiting queue, seats that are held for five \
                       minutes, a prepaid wallet, and payments. A path that exists answers other methods with 405 and `Allow`; \
                       where GET answers, HEAD does. What can't be read as a request is answered by the problems \
                       MALFORMED_REQUEST (400), REQUEST_TIMEOUT (408) or HEADERS_TOO_LARGE (431), and its connection closed. \
                       A `traceparent` is honoured, and answered with the request's own.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "users", description = "Who buys"),
        (name = "queue", description = "The waiting line in front of the shop"),
        (name = "concerts", description = "What is on offer"),
        (name = "reservations", description = "Seats that are held, and then sold"),
        (name = "wallet", description = "Prepaid money"),
        (name = "payments", description = "From held to sold, and back"),
        (name = "desk", description = "The operator's desk: for access tokens with the role `operator`"),
        (name = "operations", description = "For those who run it"),
    ),
    components(schemas(ProblemBody, crate::problem::FieldError)),
)]
struct Frontrow;

/// Generated once: each worker serves the same.
static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(generate);
static JSON: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_pretty_json().unwrap_or_default());

/// The OpenAPI 3.1 document of the API, as indented JSON.
pub fn openapi() -> &'static str {
    &JSON
}

/// The document.
pub(crate) fn document() -> &'static OpenApi {
    &DOCUMENT
}

fn generate() -> OpenApi {
    let (_, mut document) = App::new().into_utoipa_app().openapi(Frontrow::openapi()).configure(routes::configure).split_for_parts();
    add_security(&mut document);
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            complete(operation, path.starts_with("/v1/"));
            forbid_null(operation);
        }
    }
    document
}

fn add_security(document: &mut OpenApi) {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("Who is asking: a token from POST /v1/users, or one of an external issuer whose `sub` is a UUID."))
        .build();
    let queue_token =
        ApiKeyValue::with_description("Queue-Token", "The admission: an ACTIVE queue token of this user and this concert's queue.");
    let schemes = ComponentsBuilder::from(document.components.take().unwrap_or_default())
        .security_scheme("bearer", SecurityScheme::Http(bearer))
        .security_scheme("queue_token", SecurityScheme::ApiKey(ApiKey::Header(queue_token)));
    document.components = Some(schemes.build());
}

/// A body that may be left out is written down as one that may be `null`, which it may not be.
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

/// Adds what all answers have in common.
fn complete(operation: &mut Operation, versioned: bool) {
    let common = if versioned { documented(&[EVERYWHERE, ALWAYS]) } else { documented(&[EVERYWHERE]) };
    for (status, answer) in common {
        operation.responses.responses.entry(status).or_insert(answer);
    }
    for answer in operation.responses.responses.values_mut() {
        if let RefOr::T(answer) = answer {
            answer.headers.entry("Request-Id".to_owned()).or_insert_with(|| RefOr::T(header("Under which the log knows this request.")));
        }
    }
}
