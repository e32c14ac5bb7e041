//! Stream tickets in paths.

use actix_web::HttpRequest;
use domain::ScheduleId;

use super::part::RequestPart;
use super::path::PathId;
use crate::api::Api;
use crate::auth::StreamTicket;
use crate::problem::{Code, Problem};

/// The ticket in the path of a queue token's stream.
pub(crate) struct QueueTokenTicket(pub(crate) StreamTicket);

impl QueueTokenTicket {
    /// The name of these streams in tickets.
    pub(crate) const STREAM: &str = "queue-tokens";
}

impl RequestPart for QueueTokenTicket {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        read(Self::STREAM, request, api).map(Self)
    }
}

/// The ticket in the path of a stream of the availability of a schedule's seats.
pub(crate) struct AvailabilityTicket {
    /// The schedule in the path.
    pub(crate) schedule: ScheduleId,
    /// The ticket, which is for this schedule.
    pub(crate) ticket: StreamTicket,
}

impl AvailabilityTicket {
    /// Returns the name of the streams of `schedule` in tickets.
    pub(crate) fn stream(schedule: ScheduleId) -> String {
        format!("availability/{}", schedule.0)
    }
}

impl RequestPart for AvailabilityTicket {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let PathId(schedule) = PathId::of(request, api)?;
        Ok(Self { schedule, ticket: read(&Self::stream(schedule), request, api)? })
    }
}

/// Reads the last part of the path as a ticket for `stream`, and counts the request of its user.
fn read(stream: &str, request: &HttpRequest, api: &Api) -> Result<StreamTicket, Problem> {
    let text = request.match_info().get("ticket").unwrap_or_default();
    let ticket = api.issuers.own().open_ticket(stream, text, api.clock.now());
    let ticket = ticket.ok_or_else(|| Problem::new(Code::NotFound, "the stream ticket is invalid or has expired: request another one"))?;
    api.limits().count_user(ticket.user)?;
    Ok(ticket)
}
