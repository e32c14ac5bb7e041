//! Common parts of the responses of several resources.

mod compressed;
mod estimate;
mod instant;
mod money;
mod price_range;
mod queue;
mod queue_token;
mod schedule_state;
mod seat;
mod tag;
pub(crate) mod token_status;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use domain::{Cancellation, Version};
use serde::Serialize;

pub(crate) use compressed::CompressedJson;
pub(crate) use estimate::EstimateBody;
pub(crate) use instant::{Instant, seconds_until};
pub(crate) use money::MoneyBody;
pub(crate) use price_range::PriceRangeBody;
pub(crate) use queue::{QueueStateBody, round_to_tenth};
pub(crate) use queue_token::{EventState, TokenBody, TokenStateBody};
pub(crate) use schedule_state::ScheduleStateBody;
pub(crate) use seat::{SeatStatusBody, seat_status};
pub(crate) use tag::{Tag, without_coding};

use crate::problem::Problem;

/// `Idempotency-Replayed`: the response is the stored one of the first request.
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// How long clients and proxies may keep a part of the public catalogue: so long, they may show it after it has changed.
pub(crate) const CATALOGUE_CACHING: &str = "public, max-age=2";

/// Creates a response that must not be cached.
pub(crate) fn uncached_json(status: StatusCode, body: &impl Serialize) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).content_type("application/json").body(json(body)?))
}

/// Returns the time and the reason of a cancellation.
pub(crate) fn cancelled(cancellation: Option<&Cancellation>) -> (Option<Instant>, Option<String>) {
    cancellation.map_or((None, None), |Cancellation { at, reason }| (Some((*at).into()), reason.clone().map(String::from)))
}

/// Creates the same response, with the location of the new resource.
pub(crate) fn created(status: StatusCode, body: &impl Serialize, location: &str) -> Result<HttpResponse, Problem> {
    let mut response = uncached_json(status, body)?;
    if let Ok(location) = header::HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Returns the `ETag` of a versioned resource.
pub(crate) fn version_tag(version: Version) -> String {
    format!("\"{}\"", version.0)
}

/// Adds the `ETag` of the version in the response.
pub(crate) fn versioned(mut response: HttpResponse, version: Version) -> HttpResponse {
    if let Ok(tag) = header::HeaderValue::from_str(&version_tag(version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Adds `Idempotency-Replayed` if the response is replayed.
pub(crate) fn replayed(mut response: HttpResponse, replayed: bool) -> HttpResponse {
    if replayed {
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, header::HeaderValue::from_static("true"));
    }
    response
}

/// The initial capacity of response bodies, enough for most.
const INITIAL_CAPACITY: usize = 512;

/// Serializes `body` as JSON.
pub(crate) fn json(body: &impl Serialize) -> Result<Vec<u8>, Problem> {
    let mut json = Vec::with_capacity(INITIAL_CAPACITY);
    serde_json::to_writer(&mut json, body).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a response can't be serialized as JSON");
        Problem::internal()
    })?;
    Ok(json)
}
