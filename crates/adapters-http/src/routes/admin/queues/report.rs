//! Queues, as operators see them.

use application::use_cases::admin::QueueReport;
use application::waiting_room::QueueFigures;
use domain::QueuePolicy;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::overrides::OverridesBody;
use crate::response::{EstimateBody, QueueStateBody, round_to_tenth};

/// A queue, as operators see it.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueReport)]
pub(super) struct ReportBody {
    id: Uuid,
    name: String,
    state: QueueStateBody,
    /// The policy in force.
    policy: PolicyBody,
    /// The queue's overrides of the configured policy.
    overrides: OverridesBody,
    message: Option<String>,
    /// The version, which increases with each change; the `ETag` without quotes.
    version: i64,
    figures: FiguresBody,
}

/// The admission policy of a queue.
#[derive(Serialize, ToSchema)]
#[schema(as = QueuePolicy)]
pub(super) struct PolicyBody {
    capacity: u32,
    batch: u32,
    active_seconds: i64,
    claim_seconds: i64,
    /// The maximum number of waiting users; null: unlimited.
    max_waiting: Option<u32>,
}

/// The current and total figures of a queue.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueFigures)]
pub(super) struct FiguresBody {
    /// The number of waiting users.
    waiting: u64,
    /// The number of active users.
    active: u64,
    /// The total number of admitted users; null in the response to a change, which doesn't include counts.
    admitted: Option<u64>,
    /// The number of admitted users who never sent a guarded request; null in the response to a change.
    no_shows: Option<u64>,
    /// The measured number of users per minute who are admitted to freed capacity, to a tenth; null if unknown.
    rate: Option<f64>,
    /// The estimated wait of a user who joins now.
    estimated_wait: EstimateBody,
}

/// The number of admitted users.
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
                rate: rate.map(round_to_tenth),
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
