//! Audits of the store's invariants, which run in the background.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, get, post};
use application::ports::Finding;
use application::{AuditJob, AuditJobId, AuditJobState};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::OPERATOR;
use crate::extract::{ApiRequest, Operator, PathId};
use crate::problem::{Code, Problem, problems};
use crate::response::{Instant, uncached_json};

/// The `Retry-After` of a running audit, in seconds.
const RETRY_AFTER_SECONDS: u16 = 1;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(start_audit).service(show_audit);
}

/// An audit.
#[derive(Serialize, ToSchema)]
#[schema(as = Audit)]
struct AuditBody {
    /// The id of the audit.
    id: Uuid,
    status: AuditStatusBody,
    /// When the audit was started.
    started_at: Instant,
    /// When the audit ended; null while it is running.
    finished_at: Option<Instant>,
    /// Whether all invariants hold; null unless the audit is completed.
    holds: Option<bool>,
    /// The result for each invariant; null unless the audit is completed.
    findings: Option<Vec<FindingBody>>,
}

/// The status of an audit.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditStatus)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum AuditStatusBody {
    /// The audit is running.
    Running,
    /// All invariants were checked.
    Completed,
    /// The audit could not be completed: the store could not be read, or the server stops. The server's log has the cause.
    Failed,
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

impl From<Finding> for FindingBody {
    fn from(Finding { invariant, violations }: Finding) -> Self {
        Self { promise: invariant.promise(), name: invariant.name(), violations }
    }
}

impl From<AuditJob> for AuditBody {
    fn from(AuditJob { id, started_at, state }: AuditJob) -> Self {
        let (status, finished_at, findings) = match state {
            AuditJobState::Running => (AuditStatusBody::Running, None, None),
            AuditJobState::Completed { finished_at, findings } => (AuditStatusBody::Completed, Some(finished_at), Some(findings)),
            AuditJobState::Failed { finished_at } => (AuditStatusBody::Failed, Some(finished_at), None),
        };
        Self {
            id: id.0,
            status,
            started_at: started_at.into(),
            finished_at: finished_at.map(Instant::from),
            holds: findings.as_ref().map(|findings| findings.iter().all(|finding| finding.violations == 0)),
            findings: findings.map(|findings| findings.into_iter().map(FindingBody::from).collect()),
        }
    }
}

problems!(StartProblems: OPERATOR);
problems!(ShowProblems: OPERATOR, &[Code::NotFound]);

/// Start an audit
///
/// Starts to check all invariants on all rows, which may take minutes. An instance runs one audit at a time: while one is running, it is
/// returned.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    responses(
        (
            status = 202,
            description = "The running audit.",
            body = AuditBody,
            headers(
                ("Location" = String, description = "The address of the audit."),
                ("Retry-After" = String, description = "The number of seconds after which to get the audit."),
            ),
        ),
        StartProblems,
    ),
)]
#[post("/v1/admin/audits")]
async fn start_audit(call: ApiRequest<Operator>) -> Result<HttpResponse, Problem> {
    let job = call.api.run(|use_cases| async move { Ok(use_cases.audits.start()) }).await?;
    let location = format!("/v1/admin/audits/{}", job.id.0);
    let mut response = respond(StatusCode::ACCEPTED, job)?;
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// Get an audit
///
/// An instance keeps its last ten audits, until it ends; other instances don't know them.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The audit.")),
    responses(
        (
            status = 200,
            description = "The audit.",
            body = AuditBody,
            headers(("Retry-After" = String, description = "While the audit is running: the number of seconds after which to get it again.")),
        ),
        ShowProblems,
    ),
)]
#[get("/v1/admin/audits/{id:[^/:]+}")]
async fn show_audit(call: ApiRequest<(Operator, PathId<AuditJobId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    let job = api.run(|use_cases| async move { Ok(use_cases.audits.find(id)) }).await?;
    respond(StatusCode::OK, job.ok_or_else(Problem::not_found)?)
}

fn respond(status: StatusCode, job: AuditJob) -> Result<HttpResponse, Problem> {
    let is_running = job.state == AuditJobState::Running;
    let mut response = uncached_json(status, &AuditBody::from(job))?;
    if is_running {
        response.headers_mut().insert(RETRY_AFTER, RETRY_AFTER_SECONDS.into());
    }
    Ok(response)
}
