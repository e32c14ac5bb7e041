//! Queues: how the lines stand, for everybody.

use actix_web::web::Bytes;
use actix_web::{HttpResponse, get};
use application::waiting_room::QueueFigures;
use domain::{QueueId, QueueState};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::extract::{ApiRequest, PathId};
use crate::problem::{Code, Problem, problems};
use crate::response::{EstimateBody, KnownTags, Tag, json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_queue);
}

/// How a line stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Queue)]
struct QueueBody {
    id: Uuid,
    name: String,
    state: StateBody,
    /// How many wait.
    waiting: u64,
    /// How many are in.
    active: u64,
    /// How many are admitted a minute into places that fell free, as measured, to a tenth; null if it isn't known.
    rate: Option<f64>,
    /// How long it may take who joins now.
    estimated_wait: EstimateBody,
    /// What those who wait are told.
    message: Option<String>,
}

/// Whether a line takes users in and lets them through.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum StateBody {
    /// Both.
    Open,
    /// Takes in, lets nobody through.
    Paused,
    /// Takes nobody in, lets through who is waiting.
    Closed,
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
            rate: admitted_per_minute.map(to_a_tenth),
            estimated_wait: EstimateBody::from(estimate),
            message: queue.message().map(str::to_owned),
        }
    }
}

impl From<QueueState> for StateBody {
    fn from(state: QueueState) -> Self {
        match state {
            QueueState::Open => Self::Open,
            QueueState::Paused => Self::Paused,
            QueueState::Closed => Self::Closed,
        }
    }
}

/// A rate as it is told.
pub(super) fn to_a_tenth(rate: f64) -> f64 {
    (rate * 10.0).round() / 10.0
}

problems!(QueueProblems: &[Code::NotFound]);

/// How a line stands.
#[utoipa::path(
    tag = "queue",
    params(
        ("id" = Uuid, Path, description = "The queue."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer before."),
    ),
    responses(
        (status = 200, description = "The queue.", body = QueueBody, headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "Nothing has changed.", headers(("ETag" = String), ("Cache-Control" = String))),
        QueueProblems,
    ),
)]
#[get("/v1/queues/{id}")]
async fn show_queue(call: ApiRequest<(PathId<QueueId>, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (PathId(id), known), .. } = call;
    let figures = api.use_cases.poll.queue(id).map_err(|error| Problem::of(error, api.settings.currency))?;
    let body = Bytes::from(json(&QueueBody::from(figures))?);
    known.answer(&Tag::of(&body), "public, max-age=1", || Ok(body))
}
