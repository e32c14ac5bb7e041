//! The durable readers of the event log.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, delete, get, put};
use application::ports::{LogReader, Position, ReaderName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, OPERATOR};
use super::events::MAX_POSITION;
use crate::api::Api;
use crate::extract::{ApiRequest, Body, FromBody, Operator, RequestPart};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, uncached_json};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_readers).service(keep_reader).service(forget_reader);
}

/// The readers of the event log.
#[derive(Serialize, ToSchema)]
#[schema(as = EventReaders)]
struct ReadersBody {
    items: Vec<ReaderBody>,
    /// The position after which no event has been deleted.
    start: u64,
    /// The position of the last event.
    end: u64,
}

/// A reader whose position is stored.
#[derive(Serialize, ToSchema)]
#[schema(as = EventReader)]
struct ReaderBody {
    #[schema(example = "mailer")]
    name: String,
    /// The position up to which it has read.
    position: u64,
    /// The number of positions between the reader and the end of the log.
    behind: u64,
    /// When the reader last reported its position.
    moved_at: Instant,
}

/// The position of a reader.
#[derive(Deserialize, ToSchema)]
#[schema(as = EventReaderPosition)]
#[serde(deny_unknown_fields)]
struct MoveBody {
    /// The position up to which it has read.
    #[schema(minimum = 0)]
    position: u64,
}

struct Move(Position);

impl FromBody for Move {
    type Wire = MoveBody;

    fn read(wire: MoveBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        if wire.position > MAX_POSITION {
            return Err(vec![FieldError::at("/position", "must be the position of a page or of an event")]);
        }
        Ok(Self(Position(wire.position)))
    }
}

/// The reader's name in the path; an invalid name is not found.
struct ReaderPath(ReaderName);

impl RequestPart for ReaderPath {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        ReaderName::new(request.match_info().query("name")).map(Self).map_err(|_| Problem::not_found())
    }
}

problems!(ReadersProblems: OPERATOR);

/// List the readers of the event log
///
/// The readers are sorted by name.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    responses((status = 200, description = "All readers.", body = ReadersBody), ReadersProblems),
)]
#[get("/v1/admin/event-readers")]
async fn list_readers(call: ApiRequest<Operator>) -> Result<HttpResponse, Problem> {
    let (readers, extent) = call.api.run(|use_cases| async move { use_cases.events.readers().await }).await?;
    let body = |LogReader { name, position, moved_at }| ReaderBody {
        name: name.as_str().to_owned(),
        position: position.0,
        behind: extent.end.0.saturating_sub(position.0),
        moved_at: moved_at.into(),
    };
    let items = readers.into_iter().map(body).collect();
    uncached_json(StatusCode::OK, &ReadersBody { items, start: extent.start.0, end: extent.end.0 })
}

problems!(KeepProblems: OPERATOR, BODY, &[Code::NotFound, Code::EventsGone, Code::InvalidState]);

/// Set the position of a reader of the event log
///
/// Events after the position are retained for the reader, up to `retention.unread_event_hours`. An unknown name creates a reader.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("name" = String, Path,
            description = "1 to 64 lower-case letters and digits; after the first character also hyphens and underscores.")),
    request_body = MoveBody,
    responses((status = 204, description = "The position is stored."), KeepProblems),
)]
#[put("/v1/admin/event-readers/{name}")]
async fn keep_reader(call: ApiRequest<(Operator, ReaderPath, Body<Move>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, ReaderPath(name), Body(Move(position))), .. } = call;
    api.run(|use_cases| async move { use_cases.events.keep_reader(&name, position).await }).await?;
    Ok(HttpResponse::NoContent().finish())
}

problems!(ForgetProblems: OPERATOR, &[Code::NotFound]);

/// Delete a reader of the event log
///
/// Events are no longer retained for it.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("name" = String, Path, description = "The name of the reader.")),
    responses((status = 204, description = "The reader is deleted."), ForgetProblems),
)]
#[delete("/v1/admin/event-readers/{name}")]
async fn forget_reader(call: ApiRequest<(Operator, ReaderPath)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, ReaderPath(name)), .. } = call;
    api.run(|use_cases| async move { use_cases.events.forget_reader(&name).await }).await?;
    Ok(HttpResponse::NoContent().finish())
}
