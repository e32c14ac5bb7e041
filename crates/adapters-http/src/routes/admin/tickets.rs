//! Tickets at the entrance: check-in by code, and the tickets of a schedule.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post};
use application::PageRequest;
use application::use_cases::Scan;
use application::use_cases::admin::{TicketFilter, TicketOfUser};
use domain::{Currency, NamePrefix, ScheduleId, SeatNumber, TicketId, TicketStatus, UserName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{BODY, LIST, OPERATOR};
use super::super::reserved_schedule::ReservedSeatBody;
use super::super::tickets::{ScannedTicketBody, TicketStatusBody};
use super::csv_export::{CsvRow, export, text};
use crate::api::Api;
use crate::extract::{
    ApiRequest, Body, FromBody, JsonOrCsv, List, Operator, PageQuery, PathId, Query, RequestPart, Scanner, invalid_parameter,
};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, uncached_json};
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(check_in_ticket).service(list_tickets);
}

/// The maximum length of a code in a request, above that of every code.
const MAX_CODE_BYTES: usize = 100;

/// A scanned ticket.
#[derive(Deserialize, ToSchema)]
#[schema(as = CheckIn)]
#[serde(deny_unknown_fields)]
struct CheckInBody {
    /// The ticket's code: 56 letters and digits.
    #[schema(min_length = 1, max_length = 100, example = "AGQ7ZZ4CLZY6PC5HHOOZSMFAUAAAABY5X2MEMOS6QTOMBLHGBJTYEVQC")]
    code: String,
    /// The schedule that tickets are checked for; if omitted, tickets of every schedule are checked in.
    schedule_id: Option<Uuid>,
}

struct CheckIn {
    code: String,
    schedule: Option<ScheduleId>,
}

impl FromBody for CheckIn {
    type Wire = CheckInBody;

    fn read(wire: CheckInBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        if (1..=MAX_CODE_BYTES).contains(&wire.code.len()) && wire.code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self { code: wire.code, schedule: wire.schedule_id.map(ScheduleId) })
        } else {
            Err(vec![FieldError::at("/code", format_args!("must have 1 to {MAX_CODE_BYTES} letters and digits"))])
        }
    }
}

problems!(CheckInProblems: OPERATOR, BODY, &[Code::NotFound, Code::TicketUsed, Code::TicketNotValid]);
problems!(ListProblems: OPERATOR, LIST, &[Code::NotFound]);

/// Check in a ticket
///
/// Uses the ticket with this code, once. Operators and scanners may do this. A ticket can be checked in at any time: the response has the
/// concert, the date and the seat, for the person at the entrance to see. If the ticket doesn't admit its holder, the problem has the
/// ticket as the member `ticket`.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    request_body = CheckInBody,
    responses((status = 200, description = "The ticket is used now.", body = ScannedTicketBody), CheckInProblems),
)]
#[post("/v1/admin/tickets:check-in")]
async fn check_in_ticket(call: ApiRequest<(Scanner, Body<CheckIn>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Scanner(scanner), Body(CheckIn { code, schedule })), .. } = call;
    let currency = api.settings.currency;
    let Scan { ticket, refusal } =
        api.run(|use_cases| async move { use_cases.check_in.execute(scanner, &code, schedule).await }).await.map_err(unknown_code)?;
    let ticket = ScannedTicketBody::new(&ticket, currency);
    match refusal {
        None => uncached_json(StatusCode::OK, &ticket),
        Some(refusal) => {
            Err(Problem::of(refusal.into(), currency).with("ticket", serde_json::to_value(ticket).map_err(|_| Problem::internal())?))
        }
    }
}

/// Explains that no ticket has the code.
fn unknown_code(problem: Problem) -> Problem {
    if problem.code() == Code::NotFound { Problem::new(Code::NotFound, "no ticket has this code") } else { problem }
}

/// A ticket of a schedule, as operators see it: without its code, which is its buyer's secret.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketReport)]
struct TicketBody {
    #[schema(example = "01a1fce7-825e-71e7-8ba7-3b9d9930aca0-7")]
    id: String,
    reservation_id: Uuid,
    user_id: Uuid,
    /// The user's name; null if it is unknown.
    user_name: Option<String>,
    seat: ReservedSeatBody,
    status: TicketStatusBody,
    /// When the ticket was used; null if it was not.
    used_at: Option<Instant>,
}

impl TicketBody {
    fn new(found: TicketOfUser, currency: Currency) -> Self {
        let TicketOfUser { ticket, user_id, user } = found;
        Self {
            id: ticket.id.to_string(),
            reservation_id: ticket.id.reservation.0,
            user_id: user_id.0,
            user_name: user.and_then(|user| user.name).map(|name| name.as_str().to_owned()),
            seat: ReservedSeatBody::new(&ticket.seat, currency),
            status: ticket.status.into(),
            used_at: ticket.seat.used_at.map(Instant::from),
        }
    }
}

impl CsvRow for TicketOfUser {
    const COLUMNS: &'static [&'static str] =
        &["id", "reservation_id", "seat_number", "seat_label", "price", "currency", "status", "used_at", "user_id", "user_name"];

    fn cells(&self, currency: Currency) -> Vec<String> {
        let Self { ticket, user_id, user } = self;
        let name = user.as_ref().and_then(|user| user.name.as_ref()).map_or("", UserName::as_str);
        vec![
            ticket.id.to_string(),
            ticket.id.reservation.to_string(),
            ticket.seat.number.to_string(),
            text(&ticket.seat.label),
            ticket.seat.price.minor().to_string(),
            currency.to_string(),
            status_name(ticket.status).to_owned(),
            ticket.seat.used_at.map(|at| Instant::from(at).to_string()).unwrap_or_default(),
            user_id.to_string(),
            text(name),
        ]
    }
}

const fn status_name(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::Valid => "VALID",
        TicketStatus::Used => "USED",
        TicketStatus::Void => "VOID",
    }
}

/// Takes the seat to list from `query`.
pub(super) fn take_seat(query: &mut Query) -> Result<Option<SeatNumber>, Problem> {
    let seat = query.take("seat")?.map(|text| text.parse().ok().and_then(|number| SeatNumber::new(number).ok()));
    seat.map(|seat| seat.ok_or_else(|| invalid_parameter("seat", "must be a number from 1 to 1000000"))).transpose()
}

/// Takes the beginning of the name of the users to list from `query`.
pub(super) fn take_name(query: &mut Query) -> Result<Option<NamePrefix>, Problem> {
    let name = query.take("name")?.map(|name| NamePrefix::new(&name).map_err(|error| invalid_parameter("name", &error.to_string())));
    name.transpose()
}

/// The tickets to list, and which page of them; none for all of them as CSV.
struct TicketQuery {
    filter: TicketFilter,
    page: Option<PageRequest<TicketId>>,
}

impl RequestPart for TicketQuery {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let status = match query.take("status")?.as_deref() {
            None => None,
            Some("VALID") => Some(TicketStatus::Valid),
            Some("USED") => Some(TicketStatus::Used),
            Some("VOID") => Some(TicketStatus::Void),
            Some(_) => return Err(invalid_parameter("status", "must be VALID, USED or VOID")),
        };
        let filter = TicketFilter { seat: take_seat(&mut query)?, name: take_name(&mut query)?, status };
        let page = PageQuery::take_unless_csv(&mut query, request, api)?;
        query.end()?;
        Ok(Self { filter, page })
    }
}

/// List the tickets of a schedule
///
/// The tickets of the oldest reservation come first. With `Accept: text/csv`, the response is the complete list as CSV; then `page_size` and
/// `cursor` are not allowed.
#[utoipa::path(
    tag = "admin",
    operation_id = "list_tickets_of_schedule",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The schedule."),
        ("seat" = Option<u32>, Query, description = "Only the ticket for the seat with this number, if it is sold now.",
         minimum = 1, maximum = 1_000_000),
        ("name" = Option<String>, Query,
         description = "The beginning of the user's name, or of any word in it. Case and accents are ignored.",
         min_length = 1, max_length = 100),
        ("status" = Option<TicketStatusBody>, Query, description = "Only tickets with this status."),
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses(
        (status = 200, description = "The tickets.",
         content((List<TicketBody> = "application/json"), (String = "text/csv"))),
        ListProblems,
    ),
)]
#[get("/v1/admin/schedules/{id:[^/:]+}/tickets")]
async fn list_tickets(call: ApiRequest<(Operator, PathId<ScheduleId>, TicketQuery), JsonOrCsv>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id), TicketQuery { filter, page }), .. } = call;
    let schedule = api.run(|use_cases| async move { use_cases.orders.schedule(id).await }).await?;
    let Some(page) = page else {
        return export(&api, "tickets.csv", move |use_cases, page| {
            let (schedule, filter) = (schedule.clone(), filter.clone());
            async move { use_cases.orders.tickets(&schedule, &filter, page).await }
        });
    };
    let page = api.run(|use_cases| async move { use_cases.orders.tickets(&schedule, &filter, page).await }).await?;
    uncached_json(StatusCode::OK, &List::new(page, |found| TicketBody::new(found, api.settings.currency)))
}
