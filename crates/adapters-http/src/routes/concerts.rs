//! Concerts: the public catalogue.

use actix_web::web::Bytes;
use actix_web::{HttpResponse, get};
use domain::{Concert, ConcertId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::LIST;
use crate::extract::{ApiRequest, KnownTags, List, PageQuery, PathId};
use crate::problem::{Code, Problem, problems};
use crate::response::{Instant, Tag, cancelled, json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_concerts).service(show_concert);
}

/// A concert.
#[derive(Serialize, ToSchema)]
#[schema(as = Concert)]
struct ConcertBody {
    id: Uuid,
    /// The name of the concert.
    name: String,
    /// The organiser of the concert.
    host: String,
    /// The queue that admits users to the concert.
    queue_id: Uuid,
    /// When the concert was cancelled with all its schedules; null if it was not cancelled as a whole.
    cancelled_at: Option<Instant>,
    /// The organiser's reason for the cancellation, if there is one.
    cancellation_reason: Option<String>,
}

impl From<Concert> for ConcertBody {
    fn from(concert: Concert) -> Self {
        let (cancelled_at, cancellation_reason) = cancelled(concert.cancellation());
        let (name, host) = (concert.name().to_owned(), concert.host().to_owned());
        Self { id: concert.id().0, name, host, queue_id: concert.queue().0, cancelled_at, cancellation_reason }
    }
}

problems!(ConcertsProblems: LIST);
problems!(ConcertProblems: &[Code::NotFound]);

/// List the concerts
#[utoipa::path(
    tag = "concerts",
    params(
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "A page of the concerts.", body = List<ConcertBody>, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        ConcertsProblems,
    ),
)]
#[get("/v1/concerts")]
async fn list_concerts(call: ApiRequest<(PageQuery<ConcertId>, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (PageQuery(page), known), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.concerts.concerts(page).await }).await?;
    let body = Bytes::from(json(&List::new(page, |concert| ConcertBody::from(concert.row)))?);
    known.respond(&Tag::of(&body), "public, no-cache", || Ok(body))
}

/// Get a concert
#[utoipa::path(
    tag = "concerts",
    params(
        ("id" = Uuid, Path, description = "The concert."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The concert.", body = ConcertBody, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        ConcertProblems,
    ),
)]
#[get("/v1/concerts/{id}")]
async fn show_concert(call: ApiRequest<(PathId<ConcertId>, KnownTags)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (PathId(id), known), .. } = call;
    let concert = api.run(|use_cases| async move { use_cases.concerts.concert(id).await }).await?;
    let body = Bytes::from(json(&ConcertBody::from(concert.row))?);
    known.respond(&Tag::of(&body), "public, no-cache", || Ok(body))
}
