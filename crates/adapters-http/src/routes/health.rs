//! Health checks for load balancers and orchestrators.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::extract::{NoQuery, api};
use crate::problem::{Code, Problem, problems};
use crate::readiness::Readiness;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(livez).service(readyz);
}

#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
struct HealthBody {
    status: HealthStatusBody,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HealthStatus)]
#[serde(rename_all = "lowercase")]
enum HealthStatusBody {
    Ok,
}

/// Whether this instance should be sent requests.
#[derive(Serialize, ToSchema)]
#[schema(as = Readiness)]
struct ReadinessBody {
    status: StatusBody,
    /// The fault; omitted if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, example = "the store does not respond")]
    detail: Option<String>,
}

/// `degraded`: a store that all instances share has failed; the instance still answers from memory.
#[derive(Serialize, ToSchema)]
#[schema(as = ReadinessStatus)]
#[serde(rename_all = "lowercase")]
enum StatusBody {
    Ok,
    Degraded,
}

problems!(NotReady: &[Code::Unavailable]);

/// Check liveness
#[utoipa::path(tag = "operations", responses((status = 200, description = "The process is alive.", body = HealthBody)))]
#[get("/livez")]
async fn livez(_: NoQuery) -> web::Json<HealthBody> {
    web::Json(HealthBody { status: HealthStatusBody::Ok })
}

/// Check readiness
///
/// Reports whether this instance should be sent requests. A fault of the instance is reported with 503. A fault of a database that all
/// instances share is no reason to send requests elsewhere; it is reported in the body, with 200.
#[utoipa::path(tag = "operations", responses((status = 200, description = "The instance is ready.", body = ReadinessBody), NotReady))]
#[get("/readyz")]
async fn readyz(request: HttpRequest, _: NoQuery) -> Result<HttpResponse, Problem> {
    let api = api(&request)?;
    let ready = |status, detail| Ok(HttpResponse::Ok().json(ReadinessBody { status, detail }));
    match (api.readiness)() {
        Readiness::Ready => ready(StatusBody::Ok, None),
        Readiness::Degraded(fault) => ready(StatusBody::Degraded, Some(fault)),
        Readiness::NotReady(reason) => Err(Problem::new(Code::Unavailable, reason).retry_after(1)),
    }
}
