//! The seat map of a schedule, for active users. It is rendered once for each version and shared by all requests.

mod body;
mod pages;

use actix_web::{HttpRequest, HttpResponse, get};
use domain::ScheduleId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::codes::GUARDED;
use crate::api::Api;
use crate::extract::{AcceptsGzip, GuardedRequest, KnownTags, MaybePathId, Query, RequestPart, invalid_parameter};
use crate::problem::{Code, Problem, problems};
use crate::response::SeatStatusBody;
use body::SeatMapBody;

pub(crate) use pages::SeatPages;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_seats);
}

/// The seats to list.
#[derive(Clone, Copy)]
struct SeatFilter(Option<SeatStatusBody>);

impl RequestPart for SeatFilter {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let status = match query.take("status")?.as_deref() {
            None => None,
            Some("AVAILABLE") => Some(SeatStatusBody::Available),
            Some("HELD") => Some(SeatStatusBody::Held),
            Some("RESERVED") => Some(SeatStatusBody::Reserved),
            Some("BLOCKED") => Some(SeatStatusBody::Blocked),
            Some(_) => return Err(invalid_parameter("status", "must be AVAILABLE, HELD, RESERVED or BLOCKED")),
        };
        query.end()?;
        Ok(Self(status))
    }
}

problems!(SeatsProblems: GUARDED, &[Code::NotFound, Code::ValidationFailed]);

/// List the seats of a schedule
#[utoipa::path(
    tag = "concerts",
    security(("bearer" = [], "queue_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("status" = Option<SeatStatusBody>, Query, description = "List only seats with this status."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "The seats, sorted by number.", body = SeatMapBody, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        SeatsProblems,
    ),
)]
#[get("/v1/schedules/{id}/seats")]
async fn list_seats(
    call: GuardedRequest<(MaybePathId<ScheduleId>, SeatFilter, (KnownTags, AcceptsGzip))>,
) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: (MaybePathId(id), SeatFilter(filter), (known, AcceptsGzip(accepts_gzip))) } = call;
    let pass = guard.pass;
    let (schedule, layout, map) = guard
        .run(|use_cases| async move {
            let schedule = use_cases.enter.schedule(pass, id).await?;
            let layout = use_cases.concerts.layout(&schedule).await?;
            Ok((schedule.id(), layout, use_cases.concerts.seats(&schedule).await?))
        })
        .await?;
    let (api, key) = (&guard.api, (schedule, filter));
    let page = api.seat_pages().page(key, layout, map, api.settings.currency, &api.runtime).await?;
    let needs_gzip = accepts_gzip && !known.contain(&page.tag);
    let gzip = if needs_gzip { api.seat_pages().compressed(key, &page, &api.runtime).await? } else { None };
    let encoding = AcceptsGzip(gzip.is_some());
    Ok(encoding.describe(known.respond(&page.tag, "private, no-cache", || Ok(gzip.unwrap_or(page.json)))?))
}
