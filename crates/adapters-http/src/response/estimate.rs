//! Estimates on the wire.

use application::waiting_room::Estimate;
use serde::Serialize;
use utoipa::ToSchema;

/// The estimated wait.
#[derive(Serialize, ToSchema)]
#[schema(as = EstimatedWait)]
pub(crate) struct EstimateBody {
    /// Whether there is an estimate.
    known: bool,
    /// The median: half of the users in this position wait no longer.
    p50_seconds: Option<i64>,
    /// The 90th percentile: nine of ten users in this position wait no longer.
    p90_seconds: Option<i64>,
}

impl From<Option<Estimate>> for EstimateBody {
    fn from(estimate: Option<Estimate>) -> Self {
        Self {
            known: estimate.is_some(),
            p50_seconds: estimate.map(|estimate| round_up(estimate.p50)),
            p90_seconds: estimate.map(|estimate| round_up(estimate.p90)),
        }
    }
}

/// Rounds up to whole seconds, so that the estimate is never shorter than the wait.
fn round_up(wait: time::Duration) -> i64 {
    wait.whole_seconds() + i64::from(wait.subsec_nanoseconds() > 0)
}
