//! Queues, as operators manage them: created, changed, paused, resumed, closed, opened, and admitted from manually.

mod body;
mod overrides;
mod report;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, patch, post};
use application::use_cases::admin::QueueReport;
use domain::{Operation, Outcome, QueueId, QueueTransition};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, CHANGE, IDEMPOTENT, OPERATOR};
use super::actor::actor;
use crate::extract::{ApiRequest, Body, IdempotentBody, IfMatch, List, Operator, PathId};
use crate::problem::{Code, Problem, problems};
use crate::response::{created, replayed, uncached_json, versioned};
use body::{Admission, AdmissionBody, NewQueue, NewQueueBody, QueueChange, QueueChangeBody};
use report::{AdmittedBody, ReportBody};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(list_queues)
        .service(create_queue)
        .service(show_queue)
        .service(change_queue)
        .service(pause_queue)
        .service(resume_queue)
        .service(close_queue)
        .service(open_queue)
        .service(admit_users);
}

problems!(ListProblems: OPERATOR);
problems!(CreateProblems: OPERATOR, BODY, &[Code::AlreadyExists]);
problems!(ShowProblems: OPERATOR, &[Code::NotFound]);
problems!(ChangeProblems: OPERATOR, BODY, CHANGE);
problems!(StepProblems: OPERATOR, &[Code::NotFound, Code::InvalidState]);
problems!(AdmitProblems: OPERATOR, BODY, IDEMPOTENT, &[Code::NotFound, Code::InvalidState]);

/// List the queues
#[utoipa::path(
    tag = "admin",
    operation_id = "list_all_queues",
    security(("bearer" = [])),
    responses((status = 200, description = "The queues, on one page.", body = List<ReportBody>), ListProblems),
)]
#[get("/v1/admin/queues")]
async fn list_queues(call: ApiRequest<Operator>) -> Result<HttpResponse, Problem> {
    let reports = call.api.run(|use_cases| async move { use_cases.queues.queues().await }).await?;
    uncached_json(StatusCode::OK, &List::whole(reports.into_iter().map(ReportBody::from).collect()))
}

/// Create a queue
///
/// The new queue is open.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    request_body = NewQueueBody,
    responses(
        (status = 201, description = "The new queue.", body = ReportBody, headers(("Location" = String), ("ETag" = String))),
        CreateProblems,
    ),
)]
#[post("/v1/admin/queues")]
async fn create_queue(call: ApiRequest<(Operator, Body<NewQueue>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), Body(new)), .. } = call;
    let NewQueue { id, name, overrides, message } = new;
    let report =
        api.run(|use_cases| async move { use_cases.queues.create(&actor(operator, None), id, name, overrides, message).await }).await?;
    let (version, location) = (report.queue.version, format!("/v1/admin/queues/{}", report.queue.id()));
    Ok(versioned(created(StatusCode::CREATED, &ReportBody::from(report), &location)?, version))
}

/// Get a queue with its figures
#[utoipa::path(
    tag = "admin",
    operation_id = "show_queue_report",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    responses((status = 200, description = "The queue.", body = ReportBody, headers(("ETag" = String))), ShowProblems),
)]
#[get("/v1/admin/queues/{id:[^/:]+}")]
async fn show_queue(call: ApiRequest<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    respond(api.run(|use_cases| async move { use_cases.queues.queue(id).await }).await?)
}

/// Update a queue
///
/// Only the properties in the body change.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The queue."),
        ("If-Match" = String, Header, description = "The `ETag` of the version to change, or `*` for any version."),
    ),
    request_body = QueueChangeBody,
    responses(
        (status = 200, description = "The updated queue.", body = ReportBody, headers(("ETag" = String))),
        ChangeProblems,
    ),
)]
#[patch("/v1/admin/queues/{id:[^/:]+}")]
async fn change_queue(call: ApiRequest<(Operator, PathId<QueueId>, IfMatch, Body<QueueChange>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), IfMatch(expected), Body(change)), .. } = call;
    let QueueChange { name, policy, message } = change;
    respond(
        api.run(|use_cases| async move { use_cases.queues.change(&actor(operator, None), id, expected, name, policy, message).await })
            .await?,
    )
}

/// Pause a queue
///
/// No users are admitted; users can still join.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    responses(
        (status = 200, description = "The queue, paused now or before.", body = ReportBody, headers(("ETag" = String))),
        StepProblems,
    ),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:pause")]
async fn pause_queue(call: ApiRequest<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    take_step(call, QueueTransition::Pause).await
}

/// Resume a queue
///
/// Users are admitted again.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    responses((status = 200, description = "The queue, open now or before.", body = ReportBody, headers(("ETag" = String))), StepProblems),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:resume")]
async fn resume_queue(call: ApiRequest<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    take_step(call, QueueTransition::Resume).await
}

/// Close a queue
///
/// Users can no longer join; waiting users are still admitted.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    responses(
        (status = 200, description = "The queue, closed now or before.", body = ReportBody, headers(("ETag" = String))),
        StepProblems,
    ),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:close")]
async fn close_queue(call: ApiRequest<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    take_step(call, QueueTransition::Close).await
}

/// Open a queue
///
/// Users can join and are admitted.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    responses((status = 200, description = "The queue, open now or before.", body = ReportBody, headers(("ETag" = String))), StepProblems),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:open")]
async fn open_queue(call: ApiRequest<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    take_step(call, QueueTransition::Open).await
}

/// Admit users
///
/// Admits the first waiting users now, as far as the capacity allows; the limit per tick doesn't apply.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The queue."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; retained for 24 h by default.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$"),
    ),
    request_body = AdmissionBody,
    responses(
        (status = 200, description = "The number of admitted users.", body = AdmittedBody,
         headers(("Idempotency-Replayed" = String, description = "`true` if the response is replayed."))),
        AdmitProblems,
    ),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:admit")]
async fn admit_users(call: ApiRequest<(Operator, PathId<QueueId>, IdempotentBody<Admission>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), body), .. } = call;
    let (Admission(count), idempotency) = body.into_request(Operation::Admit, operator);
    let answer = api.run(|use_cases| async move { use_cases.queues.admit(&actor(operator, None), idempotency, id, count).await }).await?;
    let Outcome::Admitted { admitted } = answer.outcome else { return Err(Problem::internal()) };
    Ok(replayed(uncached_json(StatusCode::OK, &AdmittedBody { admitted })?, answer.replayed))
}

async fn take_step(call: ApiRequest<(Operator, PathId<QueueId>)>, step: QueueTransition) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id)), .. } = call;
    respond(api.run(|use_cases| async move { use_cases.queues.take(&actor(operator, None), id, step).await }).await?)
}

fn respond(report: QueueReport) -> Result<HttpResponse, Problem> {
    let version = report.queue.version;
    Ok(versioned(uncached_json(StatusCode::OK, &ReportBody::from(report))?, version))
}
