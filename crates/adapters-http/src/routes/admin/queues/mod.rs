//! Queues, as operators run them: made, changed, paused, opened, and let through by hand.

mod body;
mod overrides;
mod report;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, patch, post};
use application::use_cases::admin::QueueReport;
use domain::{Operation, Outcome, QueueId, QueueStep};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, CHANGE, KEYED, OPERATOR};
use super::by;
use crate::extract::{ApiRequest, Body, IdempotentBody, IfMatch, List, Operator, PathId};
use crate::problem::{Code, Problem, problems};
use crate::response::{created, personal, replayed, versioned};
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
problems!(AdmitProblems: OPERATOR, BODY, KEYED, &[Code::NotFound, Code::InvalidState]);

/// All queues.
#[utoipa::path(
    tag = "desk",
    operation_id = "list_all_queues",
    security(("bearer" = [])),
    responses((status = 200, description = "The queues, on one page.", body = List<ReportBody>), ListProblems),
)]
#[get("/v1/admin/queues")]
async fn list_queues(call: ApiRequest<Operator>) -> Result<HttpResponse, Problem> {
    let reports = call.api.ask(|ask| async move { ask.queues.queues().await }).await?;
    personal(StatusCode::OK, &List::whole(reports.into_iter().map(ReportBody::from).collect()))
}

/// Make a queue, open.
#[utoipa::path(
    tag = "desk",
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
    let report = api.ask(|ask| async move { ask.queues.create(&by(operator), id, name, overrides, message).await }).await?;
    let (version, location) = (report.queue.version, format!("/v1/admin/queues/{}", report.queue.id()));
    Ok(versioned(created(StatusCode::CREATED, &ReportBody::from(report), &location)?, version))
}

/// A queue.
#[utoipa::path(
    tag = "desk",
    operation_id = "show_queue_report",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    responses((status = 200, description = "The queue.", body = ReportBody, headers(("ETag" = String))), ShowProblems),
)]
#[get("/v1/admin/queues/{id:[^/:]+}")]
async fn show_queue(call: ApiRequest<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    shown(api.ask(|ask| async move { ask.queues.queue(id).await }).await?)
}

/// Change what of a queue is named.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The queue."),
        ("If-Match" = String, Header, description = "The `ETag` that the change was made for; `*`: whatever is there."),
    ),
    request_body = QueueChangeBody,
    responses(
        (status = 200, description = "The queue as it is now.", body = ReportBody, headers(("ETag" = String))),
        ChangeProblems,
    ),
)]
#[patch("/v1/admin/queues/{id:[^/:]+}")]
async fn change_queue(call: ApiRequest<(Operator, PathId<QueueId>, IfMatch, Body<QueueChange>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), IfMatch(expected), Body(change)), .. } = call;
    let QueueChange { name, policy, message } = change;
    shown(api.ask(|ask| async move { ask.queues.change(&by(operator), id, expected, name, policy, message).await }).await?)
}

/// Let nobody through for now; who comes may wait.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    responses((status = 200, description = "The queue, paused now or before.", body = ReportBody, headers(("ETag" = String))), StepProblems),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:pause")]
async fn pause_queue(call: ApiRequest<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    take(call, QueueStep::Pause).await
}

/// Let through again.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    responses((status = 200, description = "The queue, open now or before.", body = ReportBody, headers(("ETag" = String))), StepProblems),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:resume")]
async fn resume_queue(call: ApiRequest<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    take(call, QueueStep::Resume).await
}

/// Take nobody in any more; who waits is let through.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    responses((status = 200, description = "The queue, closed now or before.", body = ReportBody, headers(("ETag" = String))), StepProblems),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:close")]
async fn close_queue(call: ApiRequest<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    take(call, QueueStep::Close).await
}

/// Take in and let through.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    responses((status = 200, description = "The queue, open now or before.", body = ReportBody, headers(("ETag" = String))), StepProblems),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:open")]
async fn open_queue(call: ApiRequest<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    take(call, QueueStep::Open).await
}

/// Let the foremost in now, as far as there are places; how many a tick lets in doesn't matter.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The queue."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible characters; kept for 24 h.",
         min_length = 1, max_length = 255, pattern = "^[!-~]+$"),
    ),
    request_body = AdmissionBody,
    responses(
        (status = 200, description = "How many were let in.", body = AdmittedBody,
         headers(("Idempotency-Replayed" = String, description = "`true` if this is the first answer again."))),
        AdmitProblems,
    ),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:admit")]
async fn admit_users(call: ApiRequest<(Operator, PathId<QueueId>, IdempotentBody<Admission>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), body), .. } = call;
    let (Admission(count), idempotency) = body.to(Operation::Admit, operator);
    let answer = api.ask(|ask| async move { ask.queues.admit(&by(operator), idempotency, id, count).await }).await?;
    let Outcome::Admitted { admitted } = answer.outcome else { return Err(Problem::internal()) };
    Ok(replayed(personal(StatusCode::OK, &AdmittedBody { admitted })?, answer.replayed))
}

async fn take(call: ApiRequest<(Operator, PathId<QueueId>)>, step: QueueStep) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id)), .. } = call;
    shown(api.ask(|ask| async move { ask.queues.take(&by(operator), id, step).await }).await?)
}

fn shown(report: QueueReport) -> Result<HttpResponse, Problem> {
    let version = report.queue.version;
    Ok(versioned(personal(StatusCode::OK, &ReportBody::from(report))?, version))
}
