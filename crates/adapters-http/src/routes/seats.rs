//! Seats: the map of a date, for the admitted. It is rendered once a version and shared by all readers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use application::SeatMap;
use domain::{Currency, Refusal, ScheduleId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::GUARDED;
use super::schedules::found;
use crate::api::Api;
use crate::extract::{GuardedRequest, MaybePathId, Query, RequestPart, invalid_parameter};
use crate::problem::{Code, Problem, problems};
use crate::response::{KnownTags, MoneyBody, SeatStatusBody, Tag, json, seat_status};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_seats);
}

/// The seats of a date.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatMap)]
struct SeatMapBody<'a> {
    schedule_id: Uuid,
    /// How often the date's seats have been written: it only grows.
    version: u64,
    /// How many seats are free, listed here or not.
    available: u32,
    seats: Vec<SeatBody<'a>>,
}

/// A seat.
#[derive(Serialize, ToSchema)]
#[schema(as = Seat)]
struct SeatBody<'a> {
    /// Its number within the date.
    number: u32,
    /// What is written on it.
    #[schema(example = "Row A 7")]
    label: &'a str,
    status: SeatStatusBody,
    price: MoneyBody,
    /// Whether it is a place for a wheelchair.
    accessible: bool,
}

/// Which seats.
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
            Some(_) => return Err(invalid_parameter("status", "is AVAILABLE, HELD, RESERVED or BLOCKED")),
        };
        query.end()?;
        Ok(Self(status))
    }
}

/// A rendered seat map.
#[derive(Clone)]
struct SeatPage {
    version: u64,
    lapsed: u32,
    json: Bytes,
    tag: Tag,
}

/// The rendered seat maps: the newest of each date and wish.
#[derive(Default)]
pub(crate) struct SeatPages(Mutex<HashMap<(ScheduleId, Option<SeatStatusBody>), SeatPage>>);

impl SeatPages {
    /// Past so many, all are forgotten: those that are asked for are soon there again.
    const MOST: usize = 1_000;

    fn page(&self, schedule: ScheduleId, SeatFilter(filter): SeatFilter, map: &SeatMap, currency: Currency) -> Result<SeatPage, Problem> {
        let key = (schedule, filter);
        let pages = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pages().get(&key).filter(|page| (page.version, page.lapsed) == (map.version, map.lapsed)).cloned();
        if let Some(page) = known {
            return Ok(page);
        }
        let json = Bytes::from(render(schedule, filter, map, currency)?);
        let page = SeatPage { version: map.version, lapsed: map.lapsed, tag: Tag::of(&json), json };
        let mut pages = pages();
        if pages.len() >= Self::MOST {
            pages.clear();
        }
        pages.insert(key, page.clone());
        Ok(page)
    }
}

fn render(schedule: ScheduleId, filter: Option<SeatStatusBody>, map: &SeatMap, currency: Currency) -> Result<Vec<u8>, Problem> {
    let seats = map.seats.iter().map(|seat| SeatBody {
        number: seat.number.get(),
        label: &seat.label,
        status: seat_status(seat.status),
        price: MoneyBody::new(seat.price, currency),
        accessible: seat.accessible,
    });
    let seats = seats.filter(|seat| filter.is_none_or(|filter| seat.status == filter)).collect();
    json(&SeatMapBody { schedule_id: schedule.0, version: map.version, available: map.available, seats })
}

problems!(SeatsProblems: GUARDED, &[Code::NotFound, Code::ValidationFailed]);

/// The seats of a date.
#[utoipa::path(
    tag = "concerts",
    security(("bearer" = [], "queue_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The date."),
        ("status" = Option<SeatStatusBody>, Query, description = "Only seats in this state."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer before."),
    ),
    responses(
        (status = 200, description = "The seats by number.", body = SeatMapBody, headers(("ETag" = String))),
        (status = 304, description = "Nothing has changed.", headers(("ETag" = String))),
        SeatsProblems,
    ),
)]
#[get("/v1/schedules/{id}/seats")]
async fn list_seats(call: GuardedRequest<(MaybePathId<ScheduleId>, SeatFilter, KnownTags)>) -> Result<HttpResponse, Problem> {
    let GuardedRequest { guard, parts: (MaybePathId(id), filter, known) } = call;
    let pass = guard.pass;
    let (schedule, map) = guard
        .ask(|ask| async move {
            let schedule = match id {
                Some(id) => found(ask.concerts.schedule(id).await)?,
                None => None,
            };
            let concert = match &schedule {
                Some(schedule) => found(ask.concerts.concert(schedule.concert()).await)?,
                None => None,
            };
            ask.enter.execute(pass, concert.map(|concert| concert.queue())).await?;
            let schedule = schedule.ok_or(Refusal::NotFound)?;
            Ok((schedule.id(), ask.concerts.seats(&schedule).await?))
        })
        .await?;
    let page = guard.api.seat_pages().page(schedule, filter, &map, guard.api.settings.currency)?;
    known.answer(&page.tag, "private, no-cache", || Ok(page.json))
}
