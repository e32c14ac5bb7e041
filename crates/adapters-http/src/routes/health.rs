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

problems!(NotReady: &[Code::Unavailable]);

/// Whether the process lives.
#[utoipa::path(tag = "operations", responses((status = 200, description = "It does.", body = HealthBody)))]
#[get("/livez")]
async fn livez(_: NoQuery) -> web::Json<HealthBody> {
    web::Json(HealthBody { status: "ok" })
}

/// Whether this instance should be sent requests.
#[utoipa::path(tag = "operations", responses((status = 200, description = "It should.", body = HealthBody), NotReady))]
#[get("/readyz")]
async fn readyz(request: HttpRequest, _: NoQuery) -> Result<HttpResponse, Problem> {
    let api = api(&request)?;
    match (api.readiness)() {
        Readiness::Ready => Ok(HttpResponse::Ok().json(HealthBody { status: "ok" })),
        Readiness::NotReady(why) => Err(Problem::new(Code::Unavailable, why).retry_after(1)),
    }
}
