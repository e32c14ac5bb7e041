//! Tickets: one for each paid seat.

mod qr;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, get};
use application::TicketDetails;
use application::use_cases::TicketCursor;
use domain::{Currency, TicketStatus};
use flate2::Compression;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::codes::{AUTHENTICATED, LIST};
use super::reserved_schedule::{ReservedScheduleBody, ReservedSeatBody};
use crate::auth::Caller;
use crate::extract::{AcceptsGzip, ApiRequest, List, PageQuery, PathTicketId, Preferred, QrImage};
use crate::problem::{Code, Problem, problems};
use crate::response::{Instant, gzip, uncached_json};
use qr::PNG;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_tickets).service(show_ticket).service(show_qr_code);
}

/// A ticket: the right to a paid seat.
#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
struct TicketBody {
    #[serde(flatten)]
    ticket: ScannedTicketBody,
    /// The code that is scanned at the entrance. It is all that is needed to use the ticket: keep it secret.
    #[schema(example = "AGQ7ZZ4CLZY6PC5HHOOZSMFAUAAAABY5X2MEMOS6QTOMBLHGBJTYEVQC")]
    code: String,
}

/// A ticket without its code.
#[derive(Serialize, ToSchema)]
#[schema(as = ScannedTicket)]
pub(super) struct ScannedTicketBody {
    #[schema(example = "01a1fce7-825e-71e7-8ba7-3b9d9930aca0-7")]
    id: String,
    reservation_id: Uuid,
    /// The schedule, with its concert.
    schedule: ReservedScheduleBody,
    seat: ReservedSeatBody,
    status: TicketStatusBody,
    /// When the ticket was used; null if it was not.
    used_at: Option<Instant>,
}

/// The status of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TicketStatus)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum TicketStatusBody {
    /// The ticket can be used.
    Valid,
    /// The ticket was used.
    Used,
    /// The payment was refunded, or the schedule is cancelled.
    Void,
}

impl TicketBody {
    fn new(details: &TicketDetails, currency: Currency) -> Self {
        Self { ticket: ScannedTicketBody::new(details, currency), code: details.code.as_str().to_owned() }
    }
}

impl ScannedTicketBody {
    /// Creates the body of a ticket.
    pub(super) fn new(details: &TicketDetails, currency: Currency) -> Self {
        let TicketDetails { ticket, reservation, code: _ } = details;
        Self {
            id: ticket.id.to_string(),
            reservation_id: ticket.id.reservation.0,
            schedule: ReservedScheduleBody::new(reservation),
            seat: ReservedSeatBody::new(&ticket.seat, currency),
            status: ticket.status.into(),
            used_at: ticket.seat.used_at.map(Instant::from),
        }
    }
}

impl From<TicketStatus> for TicketStatusBody {
    fn from(status: TicketStatus) -> Self {
        match status {
            TicketStatus::Valid => Self::Valid,
            TicketStatus::Used => Self::Used,
            TicketStatus::Void => Self::Void,
        }
    }
}

problems!(ListProblems: AUTHENTICATED, LIST);
problems!(OneProblems: AUTHENTICATED, &[Code::NotFound]);

/// List the tickets of the current user
///
/// Each seat of a paid reservation has a ticket. Those of the newest payment come first, sorted by seat.
#[utoipa::path(
    tag = "tickets",
    security(("bearer" = [])),
    params(
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the previous page."),
    ),
    responses((status = 200, description = "A page of the caller's tickets.", body = List<TicketBody>), ListProblems),
)]
#[get("/v1/tickets")]
async fn list_tickets(call: ApiRequest<(Caller, PageQuery<TicketCursor>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PageQuery(page)), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.reservations.tickets(user, page).await }).await?;
    uncached_json(StatusCode::OK, &List::new(page, |details| TicketBody::new(&details, api.settings.currency)))
}

/// Get a ticket of the current user
#[utoipa::path(
    tag = "tickets",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "The ticket.", example = "01a1fce7-825e-71e7-8ba7-3b9d9930aca0-7")),
    responses((status = 200, description = "The ticket.", body = TicketBody), OneProblems),
)]
#[get("/v1/tickets/{id:[^/:]+}")]
async fn show_ticket(call: ApiRequest<(Caller, PathTicketId)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathTicketId(id)), .. } = call;
    let details = api.run(|use_cases| async move { use_cases.reservations.ticket(user, id).await }).await?;
    uncached_json(StatusCode::OK, &TicketBody::new(&details, api.settings.currency))
}

/// The media type of a QR code, and whether it may be compressed.
type ImageForm = (Preferred<QrImage>, AcceptsGzip);

/// Get the QR code of a ticket of the current user
///
/// The QR code contains the ticket's `code`. `Accept` selects the format: `image/svg+xml` (the default) or `image/png`.
#[utoipa::path(
    tag = "tickets",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "The ticket.", example = "01a1fce7-825e-71e7-8ba7-3b9d9930aca0-7")),
    responses(
        (status = 200, description = "The QR code.", content((String = "image/svg+xml"), (Vec<u8> = "image/png"))),
        OneProblems,
    ),
)]
#[get("/v1/tickets/{id:[^/:]+}/qr")]
async fn show_qr_code(call: ApiRequest<(Caller, PathTicketId, ImageForm), QrImage>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Caller { user, .. }, PathTicketId(id), (Preferred { name: media_type, .. }, encoding)), .. } = call;
    let details = api.run(|use_cases| async move { use_cases.reservations.ticket(user, id).await }).await?;
    let image = qr::draw(details.code.as_str(), media_type)?;
    // The code of a ticket never changes; but it's the caller's alone.
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "private, max-age=3600")).insert_header((header::VARY, "Accept, Authorization"));
    response.content_type(media_type);
    if media_type == PNG {
        // PNG is compressed already.
        return Ok(response.body(image));
    }
    let image = if encoding.0 { gzip(&image, Compression::fast())? } else { image.into() };
    Ok(encoding.describe(response.body(image)))
}
