//! Layouts: the sections, rows and price categories of a schedule's seats, with coordinates. A layout never changes under its hash, so it is
//! rendered and compressed once.

mod body;
mod pages;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get};
use domain::{LayoutHash, ScheduleId};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::api::Api;
use crate::extract::{AcceptsGzip, ApiRequest, KnownTags, PathId, RequestPart};
use crate::problem::{Code, Problem, problems};
use crate::response::Tag;
use body::LayoutBody;

pub(crate) use pages::LayoutPages;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_layout).service(show_layout_by_hash);
}

/// How long a client may use a layout without checking whether the schedule has another one.
const CURRENT: &str = "public, max-age=10";
/// A layout under its hash never changes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The hash in a path; an invalid one is not found.
struct PathHash(LayoutHash);

impl RequestPart for PathHash {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        request.match_info().get("hash").and_then(LayoutHash::from_hex).map(Self).ok_or_else(Problem::not_found)
    }
}

problems!(LayoutProblems: &[Code::NotFound]);

/// Get the layout of a schedule
///
/// The sections, rows, price categories and coordinates of the seats, without their availability. It seldom changes; `Content-Location` is
/// the address under which this layout never changes.
#[utoipa::path(
    tag = "concerts",
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The layout.", body = LayoutBody, headers(
            ("ETag" = String), ("Cache-Control" = String), ("Content-Location" = String),
        )),
        (status = 304, description = "Not modified.", headers(("ETag" = String), ("Cache-Control" = String))),
        LayoutProblems,
    ),
)]
#[get("/v1/schedules/{id}/layout")]
async fn show_layout(call: ApiRequest<(PathId<ScheduleId>, KnownTags, AcceptsGzip)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (PathId(id), known, encoding), .. } = call;
    let layout = api.run(|use_cases| async move {
        let schedule = use_cases.concerts.schedule(id).await?;
        use_cases.concerts.layout(&schedule.schedule).await
    });
    let layout = layout.await?;
    let location = HeaderValue::from_str(&format!("/v1/schedules/{id}/layouts/{}", layout.hash));
    let page = api.layout_pages().page(layout, api.settings.currency, &api.runtime).await?;
    let mut response = known.respond(&page.tag, CURRENT, || Ok(page.content.body(encoding.0)))?;
    if let Ok(location) = location {
        response.headers_mut().insert(header::CONTENT_LOCATION, location);
    }
    Ok(encoding.describe(response))
}

/// Get a layout by its hash
///
/// The response never changes: caches may keep it for good. The hash is the member `layout` of the schedule's availability.
#[utoipa::path(
    tag = "concerts",
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("hash" = String, Path, description = "The hash of the layout."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The layout.", body = LayoutBody, headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String), ("Cache-Control" = String))),
        LayoutProblems,
    ),
)]
#[get("/v1/schedules/{id}/layouts/{hash}")]
async fn show_layout_by_hash(call: ApiRequest<((PathId<ScheduleId>, PathHash), KnownTags, AcceptsGzip)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: ((PathId(id), PathHash(hash)), known, encoding), .. } = call;
    let layout = api.run(|use_cases| async move { use_cases.concerts.layout_by_hash(id, hash).await }).await?;
    let page = api.layout_pages().page(layout, api.settings.currency, &api.runtime).await?;
    let response = known.respond(&Tag::readable(hash), IMMUTABLE, || Ok(page.content.body(encoding.0)))?;
    Ok(encoding.describe(response))
}
