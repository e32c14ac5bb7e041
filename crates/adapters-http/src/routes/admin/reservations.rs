//! The reservations of a schedule.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get};
use application::PageRequest;
use application::ports::ReservationFilter;
use application::use_cases::admin::ReservationOfUser;
use domain::{Currency, ReservationId, ReservationState, ScheduleId, UserName};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{LIST, OPERATOR};
use super::super::reservations::{ReservationBody, StatusBody};
use super::csv_export::{CsvRow, export, text};
use super::tickets::{take_name, take_seat};
use crate::api::Api;
use crate::extract::{ApiRequest, JsonOrCsv, List, Operator, PageQuery, PathId, Query, RequestPart, invalid_parameter};
use crate::problem::{Code, Problem, problems};
use crate::response::{Instant, uncached_json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_reservations);
}

/// A reservation, as operators see it.
#[derive(Serialize, ToSchema)]
#[schema(as = ReservationReport)]
struct ReservationOfUserBody {
    user_id: uuid::Uuid,
    /// The user's name; null if it is unknown.
    user_name: Option<String>,
    #[serde(flatten)]
    reservation: ReservationBody,
}

impl ReservationOfUserBody {
    fn new(found: ReservationOfUser, now: time::OffsetDateTime, currency: Currency) -> Self {
        let ReservationOfUser { reservation, user } = found;
        Self {
            user_id: reservation.user().0,
            user_name: user.and_then(|user| user.name).map(|name| name.as_str().to_owned()),
            reservation: ReservationBody::written(reservation, now, currency),
        }
    }
}

impl CsvRow for ReservationOfUser {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "status",
        "seat_numbers",
        "seat_labels",
        "amount",
        "currency",
        "held_at",
        "expires_at",
        "payment_id",
        "user_id",
        "user_name",
    ];

    fn cells(&self, currency: Currency) -> Vec<String> {
        let Self { reservation, user } = self;
        let name = user.as_ref().and_then(|user| user.name.as_ref()).map_or("", UserName::as_str);
        let joined = |parts: Vec<String>, separator| parts.join(separator);
        vec![
            reservation.id().to_string(),
            status_name(reservation.state()).to_owned(),
            joined(reservation.numbers().map(|number| number.to_string()).collect(), " "),
            text(&joined(reservation.seats().iter().map(|seat| seat.label.clone()).collect(), ", ")),
            reservation.amount().minor().to_string(),
            currency.to_string(),
            Instant::from(reservation.held_at()).to_string(),
            Instant::from(reservation.expires_at()).to_string(),
            reservation.payment().map(|payment| payment.to_string()).unwrap_or_default(),
            reservation.user().to_string(),
            text(name),
        ]
    }
}

const fn status_name(state: ReservationState) -> &'static str {
    match state {
        ReservationState::Held => "HELD",
        ReservationState::Confirmed { .. } => "CONFIRMED",
        ReservationState::Cancelled { .. } => "CANCELLED",
    }
}

/// The reservations to list, and which page of them; none for all of them as CSV.
struct ReservationQuery {
    filter: ReservationFilter,
    page: Option<PageRequest<ReservationId>>,
}

impl RequestPart for ReservationQuery {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let nothing = ReservationFilter { held: false, confirmed: false, refunded: false, ..ReservationFilter::ALL };
        let filter = match query.take("status")?.as_deref() {
            None => ReservationFilter::ALL,
            Some("HELD") => ReservationFilter { held: true, ..nothing },
            Some("CONFIRMED") => ReservationFilter { confirmed: true, ..nothing },
            Some("CANCELLED") => ReservationFilter { refunded: true, ..nothing },
            Some(_) => return Err(invalid_parameter("status", "must be HELD, CONFIRMED or CANCELLED")),
        };
        let filter = ReservationFilter { seat: take_seat(&mut query)?, name: take_name(&mut query)?, ..filter };
        let page = PageQuery::take_unless_csv(&mut query, request, api)?;
        query.end()?;
        Ok(Self { filter, page })
    }
}

problems!(ListProblems: OPERATOR, LIST, &[Code::NotFound]);

/// List the reservations of a schedule
///
/// The oldest reservations come first: those that have seats, and those that were paid and refunded. With `Accept: text/csv`, the response
/// is the complete list as CSV; then `page_size` and `cursor` are not allowed.
#[utoipa::path(
    tag = "admin",
    operation_id = "list_reservations_of_schedule",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("seat" = Option<u32>, Query, description = "Only the reservation that has the seat with this number now.",
         minimum = 1, maximum = 1_000_000),
        ("name" = Option<String>, Query,
         description = "The beginning of the user's name, or of any word in it. Case and accents are ignored.",
         min_length = 1, max_length = 100),
        ("status" = Option<StatusBody>, Query, description = "Only reservations with this status; `CANCELLED` ones were refunded."),
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses(
        (status = 200, description = "The reservations. A page may be shorter than requested.",
         content((List<ReservationOfUserBody> = "application/json"), (String = "text/csv"))),
        ListProblems,
    ),
)]
#[get("/v1/admin/schedules/{id:[^/:]+}/reservations")]
async fn list_reservations(call: ApiRequest<(Operator, PathId<ScheduleId>, ReservationQuery), JsonOrCsv>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id), ReservationQuery { filter, page }), .. } = call;
    let schedule = api.run(|use_cases| async move { use_cases.orders.schedule(id).await }).await?;
    let Some(page) = page else {
        return export(&api, "reservations.csv", move |use_cases, page| {
            let (schedule, filter) = (schedule.clone(), filter.clone());
            async move { use_cases.orders.reservations(&schedule, &filter, page).await }
        });
    };
    let page = api.run(|use_cases| async move { use_cases.orders.reservations(&schedule, &filter, page).await }).await?;
    let now = api.use_cases.orders.now();
    uncached_json(StatusCode::OK, &List::new(page, |found| ReservationOfUserBody::new(found, now, api.settings.currency)))
}
