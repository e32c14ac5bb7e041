//! The schedules of a concert, for active users.

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use application::use_cases::ScheduleView;
use domain::{ConcertId, ScheduleId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{GUARDED, LIST};
use crate::api::Api;
use crate::extract::{GuardedRequest, KnownTags, List, MaybePathId, PageQuery, Query, RequestPart, invalid_cursor, invalid_parameter};
use crate::problem::{Code, Problem, problems};
use crate::response::{Instant, Tag, cancelled, json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_schedules);
}

/// A schedule: one performance of a concert.
#[derive(Serialize, ToSchema)]
#[schema(as = Schedule)]
struct ScheduleBody {
    id: Uuid,
    concert_id: Uuid,
    /// When the show starts.
    starts_at: Instant,
    /// The time zone of the venue, as in the IANA database.
    #[schema(example = "Asia/Seoul")]
    zone: String,
    sale_opens_at: Instant,
    sale_closes_at: Instant,
    /// When the schedule was cancelled; null if it was not.
    cancelled_at: Option<Instant>,
    /// The organiser's reason for the cancellation, if there is one.
    cancellation_reason: Option<String>,
    /// Whether seats can be held now.
    on_sale: bool,
    /// The number of available seats.
    available: u32,
    /// The total number of seats.
    seats: u32,
}

impl From<ScheduleView> for ScheduleBody {
    fn from(view: ScheduleView) -> Self {
        let schedule = view.schedule.row;
        let (cancelled_at, cancellation_reason) = cancelled(schedule.cancellation());
        Self {
            id: schedule.id().0,
            concert_id: schedule.concert().0,
            starts_at: schedule.starts_at().into(),
            zone: schedule.zone().as_str().to_owned(),
            sale_opens_at: schedule.sale_opens_at().into(),
            sale_closes_at: schedule.sale_closes_at().into(),
            cancelled_at,
            cancellation_reason,
            on_sale: view.on_sale,
            available: view.available,
            seats: view.seats,
        }
    }
}

/// The schedules to list.
struct ScheduleFilter {
    bookable: bool,
    page: PageQuery<ScheduleId>,
}

impl RequestPart for ScheduleFilter {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let bookable = match query.take("bookable")?.as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(invalid_parameter("bookable", "must be true or false")),
        };
        let page = PageQuery::take(&mut query)?;
        query.end()?;
        Ok(Self { bookable, page })
    }
}

problems!(SchedulesProblems: GUARDED, LIST, &[Code::NotFound]);

/// List the schedules of a concert
#[utoipa::path(
    tag = "concerts",
    security(("bearer" = [], "queue_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The concert."),
        ("bookable" = Option<bool>, Query, description = "If true, list only schedules that are on sale and have an available seat."),
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a previous response."),
    ),
    responses(
        (status = 200, description = "A page of the schedules, sorted by start.", body = List<ScheduleBody>, headers(("ETag" = String))),
        (status = 304, description = "Not modified.", headers(("ETag" = String))),
        SchedulesProblems,
    ),
)]
#[get("/v1/concerts/{id}/schedules")]
async fn list_schedules(call: GuardedRequest<(MaybePathId<ConcertId>, ScheduleFilter, KnownTags)>) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: (MaybePathId(id), ScheduleFilter { bookable, page: PageQuery(page) }, known) } = call;
    let pass = guard.pass;
    let schedules = guard.run(|use_cases| async move {
        let concert = use_cases.enter.concert(pass, id).await?;
        use_cases.concerts.schedules(concert.id(), bookable, page).await
    });
    let schedules = schedules.await?.ok_or_else(invalid_cursor)?;
    let body = Bytes::from(json(&List::new(schedules, ScheduleBody::from))?);
    known.respond(&Tag::of(&body), "private, no-cache", || Ok(body))
}
