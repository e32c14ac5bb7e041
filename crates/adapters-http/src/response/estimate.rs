//! Estimates on the wire.

use application::waiting_room::Estimate;
use serde::Serialize;
use utoipa::ToSchema;

/// How long the wait may be.
#[derive(Serialize, ToSchema)]
#[schema(as = EstimatedWait)]
pub(crate) struct EstimateBody {
    /// Whether the rest means anything.
    known: bool,
    /// Half of those in this place wait no longer.
    p50_seconds: Option<i64>,
    /// Nine of ten of those in this place wait no longer.
    p90_seconds: Option<i64>,
}

impl From<Option<Estimate>> for EstimateBody {
    fn from(estimate: Option<Estimate>) -> Self {
        Self {
            known: estimate.is_some(),
            p50_seconds: estimate.map(|estimate| rounded_up(estimate.p50)),
            p90_seconds: estimate.map(|estimate| rounded_up(estimate.p90)),
        }
    }
}

/// Who is told a second waits no longer than a second.
fn rounded_up(wait: time::Duration) -> i64 {
    wait.whole_seconds() + i64::from(wait.subsec_nanoseconds() > 0)
}
