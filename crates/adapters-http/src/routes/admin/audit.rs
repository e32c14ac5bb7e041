//! The audit of the store's invariants.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get};
use application::ports::Finding;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::OPERATOR;
use crate::extract::{ApiRequest, Operator};
use crate::problem::{Problem, problems};
use crate::response::uncached_json;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(audit);
}

/// The result of an audit.
#[derive(Serialize, ToSchema)]
#[schema(as = Audit)]
struct AuditBody {
    /// Whether all invariants hold.
    holds: bool,
    findings: Vec<FindingBody>,
}

/// The result for one invariant.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
struct FindingBody {
    /// The promise that the invariant belongs to.
    #[schema(example = "P2")]
    promise: &'static str,
    /// The name of the invariant.
    #[schema(example = "balance_is_sum_of_entries")]
    name: &'static str,
    /// The number of rows that violate the invariant.
    violations: u64,
}

impl From<Vec<Finding>> for AuditBody {
    fn from(findings: Vec<Finding>) -> Self {
        let holds = findings.iter().all(|finding| finding.violations == 0);
        let body = |Finding { invariant, violations }| FindingBody { promise: invariant.promise(), name: invariant.name(), violations };
        Self { holds, findings: findings.into_iter().map(body).collect() }
    }
}

problems!(AuditProblems: OPERATOR);

/// Run an audit
///
/// Checks all invariants on all rows.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    responses((status = 200, description = "The result of the audit.", body = AuditBody), AuditProblems),
)]
#[get("/v1/admin/audit")]
async fn audit(call: ApiRequest<Operator>) -> Result<HttpResponse, Problem> {
    let findings = call.api.run(|use_cases| async move { use_cases.people.audit().await }).await?;
    uncached_json(StatusCode::OK, &AuditBody::from(findings))
}
