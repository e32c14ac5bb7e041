//! Queues: their public state.

use actix_web::web::Bytes;
use actix_web::{HttpResponse, get};
use application::waiting_room::QueueFigures;
use domain::QueueId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::extract::{ApiRequest, KnownTags, PathId};
use crate::problem::{Code, Problem, problems};
use crate::response::{EstimateBody, QueueStateBody, Tag, json, round_to_tenth};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_queue);
}

/// The state of a queue.
#[derive(Serialize, ToSchema)]
#[schema(as = Queue)]
struct QueueBody {
    id: Uuid,
    name: String,
    state: QueueStateBody,
    /// The number of waiting users.
    waiting: u64,
    /// The number of active users.
    active: u64,
    /// The measured number of users per minute who are admitted to freed capacity, to a tenth; null if unknown.
    rate: Option<f64>,
    /// The estimated wait of a user who joins now.
    estimated_wait: EstimateBody,
    /// The message to waiting users.
    message: Option<String>,
}

impl From<QueueFigures> for QueueBody {
    fn from(figures: QueueFigures) -> Self {
        let QueueFigures { queue, waiting, active, admitted_per_minute, estimate } = figures;
        Self {
            id: queue.id().0,
            state: queue.state().into(),
            name: queue.name().to_owned(),
            waiting,
            active,
            rate: admitted_per_minute.map(round_to_tenth),
            estimated_wait: EstimateBody::from(estimate),
            message: queue.message().map(str::to_owned),
        }
    }
}

problems!(QueueProblems: &[Code::NotFound]);

/// Get a queue
#[utoipa::path(
    tag = "queue",
    params(
        ("id" = Uuid, Path, description = "The queue."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The queue.", body = QueueBody, headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String), ("Cache-Control" = String))),
        QueueProblems,
    ),
)]
#[get("/v1/queues/{id}")]
async fn show_queue(call: ApiRequest<(PathId<QueueId>, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (PathId(id), known), .. } = call;
    let figures = api.use_cases.poll.queue(id).map_err(|error| Problem::of(error, api.settings.currency))?;
    let body = Bytes::from(json(&QueueBody::from(figures))?);
    known.respond(&Tag::of(&body), "public, max-age=1", || Ok(body))
}
