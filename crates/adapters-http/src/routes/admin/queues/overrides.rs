//! The policy overrides of a queue on the wire.

use domain::queue::PolicyOverrides;
use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

/// The queue's overrides of the configured policy; null keeps the configured value.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = QueuePolicyOverrides)]
#[serde(deny_unknown_fields)]
pub(super) struct OverridesBody {
    /// The maximum number of active users.
    #[schema(maximum = 10_000_000)]
    capacity: Option<u32>,
    /// The maximum number of users admitted in one tick.
    #[schema(minimum = 1, maximum = 10_000)]
    batch: Option<u32>,
    /// How long an active token is valid.
    #[schema(minimum = 1, maximum = 86_400)]
    active_seconds: Option<u32>,
    /// How long an admitted user has until their first guarded request.
    #[schema(minimum = 1, maximum = 86_400)]
    claim_seconds: Option<u32>,
    /// The maximum number of waiting users; 0: all joins are refused, unlike `queue.max_waiting`, where 0 means unlimited.
    #[schema(maximum = 10_000_000)]
    max_waiting: Option<u32>,
}

pub(super) fn window(seconds: Option<u32>) -> Option<Duration> {
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
