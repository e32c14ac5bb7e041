//! What a queue sets of its policy, on the wire.

use domain::queue::PolicyOverrides;
use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

/// What a queue sets of its policy; null: as the configuration says.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = QueuePolicyOverrides)]
#[serde(deny_unknown_fields)]
pub(super) struct OverridesBody {
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
