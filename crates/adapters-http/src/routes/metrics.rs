//! Metrics in Prometheus' text format.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::extract::{NoQuery, api};
use crate::problem::Problem;

/// The version of Prometheus' text format.
const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_metrics);
}

/// Get the metrics
#[utoipa::path(
    tag = "operations",
    responses((status = 200, description = "All metrics, in Prometheus' text format.", body = String, content_type = "text/plain")),
)]
#[get("/metrics")]
async fn show_metrics(request: HttpRequest, _: NoQuery) -> Result<HttpResponse, Problem> {
    let api = api(&request)?.clone();
    api.measure();
    // Not on the threads that serve requests: rendering thousands of metrics is slow.
    let page = web::block(move || (api.metrics)()).await.map_err(|_| Problem::internal())?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type(MEDIA_TYPE).body(page))
}
