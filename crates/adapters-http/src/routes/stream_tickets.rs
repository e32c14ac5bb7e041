//! The creation of stream tickets, for the routes of all streams that have them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::{TokenId, UserId};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::api::Api;
use crate::auth::StreamTicket;
use crate::problem::Problem;
use crate::response::{Instant, seconds_until, uncached_json};

/// A stream ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = StreamTicket)]
pub(super) struct TicketBody {
    /// The path of the stream, relative to the origin of the API. Who knows it can read the events, and nothing else.
    #[schema(example = "/v1/streams/queue-tokens/lOoKSlIkEtHiSbUtIsLoNgEr")]
    url: String,
    /// When the path ceases to open streams.
    expires_at: Instant,
    /// The number of seconds until then.
    expires_in_seconds: i64,
}

/// Responds with a ticket of `user` for the stream of `token` that has this name: the path of the stream is `/v1/streams/NAME/TICKET`.
pub(super) fn create(api: &Api, stream: &str, token: TokenId, user: UserId, now: OffsetDateTime) -> Result<HttpResponse, Problem> {
    let until = now.unix_timestamp() + i64::try_from(api.settings.streams.ticket_lifetime.as_secs()).unwrap_or_default();
    let ticket = api.issuers.own().seal_ticket(stream, &StreamTicket { token, user, until }).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a stream ticket can't be created");
        Problem::internal()
    })?;
    let expires_at = OffsetDateTime::from_unix_timestamp(until).unwrap_or(now);
    let url = format!("/v1/streams/{stream}/{ticket}");
    let body = TicketBody { url, expires_at: expires_at.into(), expires_in_seconds: seconds_until(expires_at, now) };
    uncached_json(StatusCode::CREATED, &body)
}
