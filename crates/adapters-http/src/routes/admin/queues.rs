//! Queues, as operators run them: made, changed, paused, opened, and let through by hand.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, patch, post};
use application::use_cases::desk::QueueReport;
use application::waiting_room::QueueFigures;
use domain::decide::desk::Patch;
use domain::decide::desk::queue::PolicyPatch;
use domain::queue::PolicyOverrides;
use domain::{QueueId, QueuePolicy, QueueStep, Remark, Title};
use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{BODY, CHANGE, OPERATOR};
use super::super::queues::{StateBody, to_a_tenth};
use super::by;
use crate::answer::{EstimateBody, created, personal, versioned};
use crate::api::HttpSettings;
use crate::extract::{Body, Call, IfMatch, Line, List, Operator, PathId, Said, given};
use crate::problem::{Code, Flaw, Problem, problems};

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

/// A queue that is to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewQueue)]
#[serde(deny_unknown_fields)]
struct NewQueueBody {
    /// Its id; without one it gets one.
    id: Option<Uuid>,
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Main hall")]
    name: Line<200>,
    /// What it sets of its policy.
    policy: Option<OverridesBody>,
    /// What those who wait are told.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000)]
    message: Option<Line<1_000>>,
}

/// What a queue sets of its policy; null: as the configuration says.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = QueuePolicyOverrides)]
#[serde(deny_unknown_fields)]
struct OverridesBody {
    /// How many may be in at once.
    #[schema(maximum = 10_000_000)]
    capacity: Option<u32>,
    /// How many are let in at most in one tick.
    #[schema(minimum = 1, maximum = 10_000)]
    batch: Option<u32>,
    /// How long who was let in may stay.
    #[schema(minimum = 1, maximum = 86_400)]
    active_seconds: Option<u32>,
    /// How long who was let in has for the first call.
    #[schema(minimum = 1, maximum = 86_400)]
    claim_seconds: Option<u32>,
    /// How many may wait at once; null: any number.
    #[schema(maximum = 10_000_000)]
    max_waiting: Option<u32>,
}

/// What of a queue is to change; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[schema(as = QueueChange)]
#[serde(deny_unknown_fields)]
struct QueueChangeBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    name: Option<Line<200>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = PolicyChangeBody, required = false)]
    policy: Option<PolicyChangeBody>,
    /// What those who wait are told; null: nothing any more.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 1000)]
    message: Patch<Option<Line<1_000>>>,
}

/// What of a queue's policy is to change; null: back to what the configuration says.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = QueuePolicyChange)]
#[serde(deny_unknown_fields)]
struct PolicyChangeBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, required = false, maximum = 10_000_000)]
    capacity: Patch<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, required = false, minimum = 1, maximum = 10_000)]
    batch: Patch<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, required = false, minimum = 1, maximum = 86_400)]
    active_seconds: Patch<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, required = false, minimum = 1, maximum = 86_400)]
    claim_seconds: Patch<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, required = false, maximum = 10_000_000)]
    max_waiting: Patch<Option<u32>>,
}

/// How many are to be let in now.
#[derive(Deserialize, ToSchema)]
#[schema(as = Admission)]
#[serde(deny_unknown_fields)]
struct AdmissionBody {
    #[schema(minimum = 1, maximum = 10_000)]
    count: u32,
}

struct NewQueue {
    id: Option<QueueId>,
    name: Title,
    overrides: PolicyOverrides,
    message: Option<Remark>,
}

struct QueueChange {
    name: Option<Title>,
    policy: PolicyPatch,
    message: Patch<Option<Remark>>,
}

struct Admission(u32);

impl Said for NewQueue {
    type Wire = NewQueueBody;

    fn read(wire: NewQueueBody, _: &HttpSettings) -> Result<Self, Vec<Flaw>> {
        let NewQueueBody { id, name, policy, message } = wire;
        let overrides = PolicyOverrides::from(policy.unwrap_or_default());
        Ok(Self { id: id.map(QueueId), name: name.0, overrides, message: message.map(|message| message.0) })
    }
}

impl Said for QueueChange {
    type Wire = QueueChangeBody;

    fn read(wire: QueueChangeBody, _: &HttpSettings) -> Result<Self, Vec<Flaw>> {
        let QueueChangeBody { name, policy, message } = wire;
        let PolicyChangeBody { capacity, batch, active_seconds, claim_seconds, max_waiting } = policy.unwrap_or_default();
        let (active, claim) = (active_seconds.map(window), claim_seconds.map(window));
        let policy = PolicyPatch { capacity, batch, active, claim, max_waiting };
        Ok(Self { name: name.map(|name| name.0), policy, message: message.map(|message| message.map(|message| message.0)) })
    }
}

impl Said for Admission {
    type Wire = AdmissionBody;

    fn read(wire: AdmissionBody, _: &HttpSettings) -> Result<Self, Vec<Flaw>> {
        let most = PolicyOverrides::MOST_AT_ONCE;
        if (1..=most).contains(&wire.count) {
            Ok(Self(wire.count))
        } else {
            Err(vec![Flaw::at("/count", format_args!("a number from 1 to {most}"))])
        }
    }
}

fn window(seconds: Option<u32>) -> Option<Duration> {
    seconds.map(|seconds| Duration::seconds(seconds.into()))
}

impl From<OverridesBody> for PolicyOverrides {
    fn from(body: OverridesBody) -> Self {
        let OverridesBody { capacity, batch, active_seconds, claim_seconds, max_waiting } = body;
        Self { capacity, batch, active: window(active_seconds), claim: window(claim_seconds), max_waiting }
    }
}

impl From<PolicyOverrides> for OverridesBody {
    fn from(overrides: PolicyOverrides) -> Self {
        let PolicyOverrides { capacity, batch, active, claim, max_waiting } = overrides;
        let seconds = |window: Option<Duration>| window.and_then(|window| u32::try_from(window.whole_seconds()).ok());
        Self { capacity, batch, active_seconds: seconds(active), claim_seconds: seconds(claim), max_waiting }
    }
}

/// A queue, as its operator sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueReport)]
struct ReportBody {
    id: Uuid,
    name: String,
    state: StateBody,
    /// The policy in force.
    policy: PolicyBody,
    /// What the queue sets of it.
    overrides: OverridesBody,
    message: Option<String>,
    /// How often it has been written; the `ETag`, without its quotes.
    version: i64,
    figures: FiguresBody,
}

/// How a queue admits.
#[derive(Serialize, ToSchema)]
#[schema(as = QueuePolicy)]
struct PolicyBody {
    capacity: u32,
    batch: u32,
    active_seconds: i64,
    claim_seconds: i64,
    max_waiting: Option<u32>,
}

/// How a queue stands, and what it has done so far.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueFigures)]
struct FiguresBody {
    /// How many wait.
    waiting: u64,
    /// How many are in.
    active: u64,
    /// How many were ever let in.
    admitted: u64,
    /// How many of them never came.
    no_shows: u64,
    /// How many are admitted a minute into places that fell free, as measured, to a tenth; null if it isn't known.
    rate: Option<f64>,
    /// How long it may take who joins now.
    estimated_wait: EstimateBody,
}

/// How many were let in.
#[derive(Serialize, ToSchema)]
#[schema(as = Admitted)]
struct AdmittedBody {
    admitted: u32,
}

impl From<QueueReport> for ReportBody {
    fn from(report: QueueReport) -> Self {
        let QueueReport { queue, policy, figures, turnout } = report;
        let (waiting, active, rate, estimate) = figures.map_or((0, 0, None, None), |figures: QueueFigures| {
            (figures.waiting, figures.active, figures.admitted_per_minute, figures.estimate)
        });
        let (version, queue) = (queue.version.0, queue.row);
        Self {
            id: queue.id.0,
            name: queue.name,
            state: queue.state.into(),
            policy: policy.into(),
            overrides: queue.overrides.into(),
            message: queue.message,
            version,
            figures: FiguresBody {
                waiting,
                active,
                admitted: turnout.admitted,
                no_shows: turnout.no_shows,
                rate: rate.map(to_a_tenth),
                estimated_wait: estimate.into(),
            },
        }
    }
}

impl From<QueuePolicy> for PolicyBody {
    fn from(policy: QueuePolicy) -> Self {
        let QueuePolicy { capacity, batch, active, claim, max_waiting } = policy;
        Self { capacity, batch, active_seconds: active.whole_seconds(), claim_seconds: claim.whole_seconds(), max_waiting }
    }
}

problems!(ListProblems: OPERATOR);
problems!(CreateProblems: OPERATOR, BODY, &[Code::AlreadyExists]);
problems!(ShowProblems: OPERATOR, &[Code::NotFound]);
problems!(ChangeProblems: OPERATOR, BODY, CHANGE);
problems!(StepProblems: OPERATOR, &[Code::NotFound, Code::InvalidState]);
problems!(AdmitProblems: OPERATOR, BODY, &[Code::NotFound, Code::InvalidState]);

/// All queues.
#[utoipa::path(
    tag = "desk",
    operation_id = "list_all_queues",
    security(("bearer" = [])),
    responses((status = 200, description = "The queues, on one page.", body = List<ReportBody>), ListProblems),
)]
#[get("/v1/admin/queues")]
async fn list_queues(call: Call<Operator>) -> Result<HttpResponse, Problem> {
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
async fn create_queue(call: Call<(Operator, Body<NewQueue>)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (Operator(operator), Body(new)), .. } = call;
    let NewQueue { id, name, overrides, message } = new;
    let report = api.ask(|ask| async move { ask.queues.create(&by(operator), id, name, overrides, message).await }).await?;
    let (version, location) = (report.queue.version, format!("/v1/admin/queues/{}", report.queue.id));
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
async fn show_queue(call: Call<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (_, PathId(id)), .. } = call;
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
async fn change_queue(call: Call<(Operator, PathId<QueueId>, IfMatch, Body<QueueChange>)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (Operator(operator), PathId(id), IfMatch(expected), Body(change)), .. } = call;
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
async fn pause_queue(call: Call<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
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
async fn resume_queue(call: Call<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
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
async fn close_queue(call: Call<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
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
async fn open_queue(call: Call<(Operator, PathId<QueueId>)>) -> Result<HttpResponse, Problem> {
    take(call, QueueStep::Open).await
}

/// Let the foremost in now, as far as there are places; how many a tick lets in doesn't matter.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The queue.")),
    request_body = AdmissionBody,
    responses((status = 200, description = "How many were let in.", body = AdmittedBody), AdmitProblems),
)]
#[post("/v1/admin/queues/{id:[^/:]+}:admit")]
async fn admit_users(call: Call<(Operator, PathId<QueueId>, Body<Admission>)>) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (Operator(operator), PathId(id), Body(Admission(count))), .. } = call;
    let ticked = api.ask(|ask| async move { ask.queues.admit(&by(operator), id, count).await }).await?;
    personal(StatusCode::OK, &AdmittedBody { admitted: ticked.admitted })
}

async fn take(call: Call<(Operator, PathId<QueueId>)>, step: QueueStep) -> Result<HttpResponse, Problem> {
    let Call { api, parts: (Operator(operator), PathId(id)), .. } = call;
    shown(api.ask(|ask| async move { ask.queues.take(&by(operator), id, step).await }).await?)
}

fn shown(report: QueueReport) -> Result<HttpResponse, Problem> {
    let version = report.queue.version;
    Ok(versioned(personal(StatusCode::OK, &ReportBody::from(report))?, version))
}
