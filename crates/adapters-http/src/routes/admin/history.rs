//! The history of a sale: what has happened in the last hour, in buckets, for charts.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get};
use application::sales_history::{Bucket, History, QueueFlows, SaleFlows};
use domain::ConcertId;
use serde::Serialize;
use time::Duration;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::OPERATOR;
use crate::api::Api;
use crate::extract::{ApiRequest, Operator, PathId, Query, RequestPart, invalid_parameter};
use crate::problem::{Code, Problem, problems};
use crate::response::{Instant, uncached_json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_history);
}

/// What has happened recently, in buckets of equal length: each list has one item for each bucket.
#[derive(Serialize, ToSchema)]
#[schema(as = SaleHistory)]
struct HistoryBody {
    /// The start of the first bucket; the last one contains the current instant.
    from: Instant,
    #[schema(example = 10)]
    bucket_seconds: i64,
    /// The instant since which no event is missing; what happened before may be counted only in part.
    complete_from: Instant,
    /// Whether the events of the last second are included; if false, repeat the request at once.
    is_current: bool,
    sales: SalesBody,
    queue: QueueBody,
    instance: InstanceBody,
}

/// What happened to the seats of all schedules of the concert.
#[derive(Serialize, ToSchema)]
#[schema(as = SaleHistorySales)]
struct SalesBody {
    /// Seats that were held.
    held: Vec<u64>,
    /// Seats whose hold ended without a payment.
    ended: Vec<u64>,
    /// Seats that were paid for.
    sold: Vec<u64>,
    /// Seats that were refunded.
    refunded: Vec<u64>,
    /// The amount of the payments, in minor units.
    revenue: Vec<i64>,
    /// The amount of the refunds, in minor units.
    refunds: Vec<i64>,
}

/// What happened in the queue of the concert.
#[derive(Serialize, ToSchema)]
#[schema(as = SaleHistoryQueue)]
struct QueueBody {
    joined: Vec<u64>,
    admitted: Vec<u64>,
    /// Users who left while they waited.
    left: Vec<u64>,
    /// Users whose turn ended.
    finished: Vec<u64>,
    /// The median wait of the admitted users, of a sample; null if none is known.
    wait_p50_seconds: Vec<Option<f64>>,
    wait_p99_seconds: Vec<Option<f64>>,
}

/// What happened in the instance that sent the response, for all concerts.
#[derive(Serialize, ToSchema)]
#[schema(as = SaleHistoryInstance)]
struct InstanceBody {
    /// Commits that conflicted with others, and were decided again.
    conflicts: Vec<u64>,
    /// Requests that were answered with 503.
    unavailable: Vec<u64>,
}

impl From<History> for HistoryBody {
    fn from(history: History) -> Self {
        let History { first, complete_from, is_current, sales, queue, conflicts, unavailable } = history;
        Self {
            from: first.start().into(),
            bucket_seconds: Bucket::SECONDS,
            complete_from: complete_from.max(first.start()).into(),
            is_current,
            sales: SalesBody::of(&sales),
            queue: QueueBody::of(&queue),
            instance: InstanceBody { conflicts, unavailable },
        }
    }
}

impl SalesBody {
    fn of(flows: &[SaleFlows]) -> Self {
        Self {
            held: column(flows, |flows| flows.held),
            ended: column(flows, |flows| flows.ended),
            sold: column(flows, |flows| flows.sold),
            refunded: column(flows, |flows| flows.refunded),
            revenue: column(flows, |flows| flows.revenue),
            refunds: column(flows, |flows| flows.refunds),
        }
    }
}

impl QueueBody {
    fn of(flows: &[QueueFlows]) -> Self {
        let wait = |percent| column(flows, |flows| flows.waits.percentile(percent).map(Duration::as_seconds_f64));
        Self {
            joined: column(flows, |flows| flows.joined),
            admitted: column(flows, |flows| flows.admitted),
            left: column(flows, |flows| flows.left),
            finished: column(flows, |flows| flows.finished),
            wait_p50_seconds: wait(50),
            wait_p99_seconds: wait(99),
        }
    }
}

fn column<F, T>(flows: &[F], of: impl Fn(&F) -> T) -> Vec<T> {
    flows.iter().map(of).collect()
}

/// The number of buckets to return.
struct Length(usize);

impl RequestPart for Length {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let buckets = query.take("buckets")?.map_or(Ok(Bucket::KEPT), |text| length(&text))?;
        query.end()?;
        Ok(Self(buckets))
    }
}

fn length(text: &str) -> Result<usize, Problem> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| is_number && (1..=Bucket::KEPT).contains(number));
    number.ok_or_else(|| invalid_parameter("buckets", "must be a number from 1 to 360"))
}

problems!(HistoryProblems: OPERATOR, &[Code::NotFound, Code::ValidationFailed]);

/// Get the recent history of a concert's sale
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The concert."),
        ("buckets" = Option<usize>, Query, description = "The number of buckets: 360 by default, which is an hour.", minimum = 1, maximum = 360),
    ),
    responses((status = 200, description = "The history.", body = HistoryBody), HistoryProblems),
)]
#[get("/v1/admin/concerts/{id:[^/:]+}/history")]
async fn show_history(call: ApiRequest<(Operator, PathId<ConcertId>, Length)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id), Length(buckets)), .. } = call;
    let history = api.run(|use_cases| async move { use_cases.history.concert(id, buckets).await }).await?;
    uncached_json(StatusCode::OK, &HistoryBody::from(history))
}
