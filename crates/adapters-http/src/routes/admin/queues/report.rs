//! Queues, as their operators see them.

use application::use_cases::admin::QueueReport;
use application::waiting_room::QueueFigures;
use domain::QueuePolicy;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::super::queues::{StateBody, to_a_tenth};
use super::overrides::OverridesBody;
use crate::response::EstimateBody;

/// A queue, as its operator sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueReport)]
pub(super) struct ReportBody {
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
pub(super) struct PolicyBody {
    capacity: u32,
    batch: u32,
    active_seconds: i64,
    claim_seconds: i64,
    max_waiting: Option<u32>,
}

/// How a queue stands, and what it has done so far.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueFigures)]
pub(super) struct FiguresBody {
    /// How many wait.
    waiting: u64,
    /// How many are in.
    active: u64,
    /// How many were ever let in; null in the answer to a change, for which nothing is counted.
    admitted: Option<u64>,
    /// How many of them never came; null in the answer to a change.
    no_shows: Option<u64>,
    /// How many are admitted a minute into places that fell free, as measured, to a tenth; null if it isn't known.
    rate: Option<f64>,
    /// How long it may take who joins now.
    estimated_wait: EstimateBody,
}

/// How many were let in.
#[derive(Serialize, ToSchema)]
#[schema(as = Admitted)]
pub(super) struct AdmittedBody {
    pub(super) admitted: u32,
}

impl From<QueueReport> for ReportBody {
    fn from(report: QueueReport) -> Self {
        let QueueReport { queue, policy, figures, queue_totals } = report;
        let (waiting, active, rate, estimate) = figures.map_or((0, 0, None, None), |figures: QueueFigures| {
            (figures.waiting, figures.active, figures.admitted_per_minute, figures.estimate)
        });
        let (version, queue) = (queue.version.0, queue.row);
        Self {
            id: queue.id().0,
            state: queue.state().into(),
            name: queue.name().to_owned(),
            policy: policy.into(),
            overrides: queue.overrides().into(),
            message: queue.message().map(str::to_owned),
            version,
            figures: FiguresBody {
                waiting,
                active,
                admitted: queue_totals.map(|queue_totals| queue_totals.admitted),
                no_shows: queue_totals.map(|queue_totals| queue_totals.no_shows),
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
