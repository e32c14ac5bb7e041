//! Health: for those who decide whether to send requests here.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::api::Readiness;
use crate::extract::{NoQuery, api};
use crate::problem::{Code, Problem, problems};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(livez).service(readyz);
}

#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
struct HealthBody {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether this instance should be sent requests.
#[derive(Serialize, ToSchema)]
#[schema(as = Readiness)]
struct ReadinessBody {
    status: StatusBody,
    /// What is at fault; left out if nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, example = "the store does not answer")]
    detail: Option<String>,
}

/// `degraded`: a store that all instances share is at fault; what is in memory is answered all the same.
#[derive(Serialize, ToSchema)]
#[schema(as = ReadinessStatus)]
#[serde(rename_all = "lowercase")]
enum StatusBody {
    Ok,
    Degraded,
}

problems!(NotReady: &[Code::Unavailable]);

/// Whether the process lives.
#[utoipa::path(tag = "operations", responses((status = 200, description = "It does.", body = HealthBody)))]
#[get("/livez")]
async fn livez(_: NoQuery) -> web::Json<HealthBody> {
    web::Json(HealthBody { status: "ok" })
}

/// Whether this instance should be sent requests. A fault of the instance is 503; a fault of a database that all instances share is no reason to send
/// requests elsewhere, and is reported in the body.
#[utoipa::path(tag = "operations", responses((status = 200, description = "It should.", body = ReadinessBody), NotReady))]
#[get("/readyz")]
async fn readyz(request: HttpRequest, _: NoQuery) -> Result<HttpResponse, Problem> {
    let api = api(&request)?;
    let ready = |status, detail| Ok(HttpResponse::Ok().json(ReadinessBody { status, detail }));
    match (api.readiness)() {
        Readiness::Ready => ready(StatusBody::Ok, None),
        Readiness::Degraded(why) => ready(StatusBody::Degraded, Some(why)),
        Readiness::NotReady(why) => Err(Problem::new(Code::Unavailable, why).retry_after(1)),
    }
}
