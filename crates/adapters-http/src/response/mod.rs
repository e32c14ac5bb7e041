//! Answers: what several resources have in common.

mod estimate;
mod instant;
mod money;
mod queue_token;
mod seat;
mod tag;
pub(crate) mod token_status;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use domain::{Cancellation, Version};
use serde::Serialize;

pub(crate) use estimate::EstimateBody;
pub(crate) use instant::{Instant, seconds_until};
pub(crate) use money::MoneyBody;
pub(crate) use queue_token::{Mark, TokenBody};
pub(crate) use seat::{SeatStatusBody, seat_status};
pub(crate) use tag::{KnownTags, Tag, uncoded, unmarked};

use crate::problem::Problem;

/// `Idempotency-Replayed`: this is the first answer again.
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// An answer that is for its caller alone, and for now.
pub(crate) fn personal(status: StatusCode, body: &impl Serialize) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).content_type("application/json").body(json(body)?))
}

/// When and why something was cancelled.
pub(crate) fn cancelled(cancellation: Option<&Cancellation>) -> (Option<Instant>, Option<String>) {
    cancellation.map_or((None, None), |Cancellation { at, reason }| (Some((*at).into()), reason.clone().map(String::from)))
}

/// The same, with where the thing is from now on.
pub(crate) fn created(status: StatusCode, body: &impl Serialize, location: &str) -> Result<HttpResponse, Problem> {
    let mut answer = personal(status, body)?;
    if let Ok(location) = header::HeaderValue::from_str(location) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    Ok(answer)
}

/// The `ETag` of a thing that an operator changes: its version.
pub(crate) fn version_tag(version: Version) -> String {
    format!("\"{}\"", version.0)
}

/// The answer, with the version that it shows.
pub(crate) fn versioned(mut answer: HttpResponse, version: Version) -> HttpResponse {
    if let Ok(tag) = header::HeaderValue::from_str(&version_tag(version)) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

/// Says so if `answer` is the first answer to a repeated request.
pub(crate) fn replayed(mut answer: HttpResponse, replayed: bool) -> HttpResponse {
    if replayed {
        answer.headers_mut().insert(IDEMPOTENCY_REPLAYED, header::HeaderValue::from_static("true"));
    }
    answer
}

/// So many bytes are room enough for most answers.
const USUAL_BYTES: usize = 512;

/// `body` as JSON.
pub(crate) fn json(body: &impl Serialize) -> Result<Vec<u8>, Problem> {
    let mut json = Vec::with_capacity(USUAL_BYTES);
    serde_json::to_writer(&mut json, body).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "an answer can't be written as JSON");
        Problem::internal()
    })?;
    Ok(json)
}
