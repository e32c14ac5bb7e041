//! The audit: whether the promises hold.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get};
use application::ports::Finding;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::OPERATOR;
use crate::extract::{ApiRequest, Operator};
use crate::problem::{Problem, problems};
use crate::response::personal;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(audit);
}

/// Whether the promises hold.
#[derive(Serialize, ToSchema)]
#[schema(as = Audit)]
struct AuditBody {
    /// Whether all of them do.
    holds: bool,
    findings: Vec<FindingBody>,
}

/// What the audit of one invariant found.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
struct FindingBody {
    /// The promise that it belongs to.
    #[schema(example = "P2")]
    promise: &'static str,
    /// The invariant's name.
    #[schema(example = "balance_is_sum_of_entries")]
    name: &'static str,
    /// How many rows break it.
    violations: u64,
}

impl From<Vec<Finding>> for AuditBody {
    fn from(findings: Vec<Finding>) -> Self {
        let holds = findings.iter().all(|finding| finding.violations == 0);
        let shown = |Finding { invariant, violations }| FindingBody { promise: invariant.promise(), name: invariant.name(), violations };
        Self { holds, findings: findings.into_iter().map(shown).collect() }
    }
}

problems!(AuditProblems: OPERATOR);

/// Check on all rows whether the promises hold.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    responses((status = 200, description = "What was found.", body = AuditBody), AuditProblems),
)]
#[get("/v1/admin/audit")]
async fn audit(call: ApiRequest<Operator>) -> Result<HttpResponse, Problem> {
    let findings = call.api.ask(|ask| async move { ask.people.audit().await }).await?;
    personal(StatusCode::OK, &AuditBody::from(findings))
}
