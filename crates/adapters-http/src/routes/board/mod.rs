//! Boards: the public view of a queue from which each waiting user derives their own position. All users read the same bytes, so that
//! caches in front of the server can answer them.

mod body;
mod pages;

use actix_web::{HttpResponse, get};
use domain::QueueId;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::extract::{ApiRequest, KnownTags, PathId};
use crate::problem::{Code, Problem, problems};
use body::BoardBody;

pub(crate) use pages::BoardPages;

/// A cache sends one request per second, and responds with the previous board meanwhile.
const CACHING: &str = "public, max-age=1, stale-while-revalidate=5";

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_board);
}

problems!(BoardProblems: &[Code::NotFound]);

/// Get the board of a queue
///
/// The position of a waiting user is `number − last_admitted − departures`, at least 1, where the departures up to a number within a range are
/// interpolated between the ends of the range, and rounded. The wait is about `position / admissions_per_minute` minutes. Clients far from
/// the front read the board, which caches share, every few seconds, and poll their token only when its `board` is null, or once a minute.
#[utoipa::path(
    tag = "queue",
    params(
        ("id" = Uuid, Path, description = "The queue."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The board.", body = BoardBody, headers(
            ("ETag" = String, description = "Not affected by changes of `as_of`."), ("Cache-Control" = String),
        )),
        (status = 304, description = "Not modified.", headers(("ETag" = String), ("Cache-Control" = String))),
        BoardProblems,
    ),
)]
#[get("/v1/queues/{id}/board")]
async fn show_board(call: ApiRequest<(PathId<QueueId>, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (PathId(id), known), .. } = call;
    let page = api.board_pages().page(id, &api.use_cases.poll, &api.runtime).await?;
    known.respond(&page.tag, CACHING, || Ok(page.json))
}
