//! The request bodies of queues.

use domain::decide::admin::Patch;
use domain::decide::admin::queue::PolicyPatch;
use domain::queue::PolicyOverrides;
use domain::{Note, QueueId, Title};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::overrides::{OverridesBody, window};
use crate::extract::{BoundedText, FromBody, deserialize_some};
use crate::problem::FieldError;
use crate::settings::HttpSettings;

/// A new queue.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewQueue)]
#[serde(deny_unknown_fields)]
pub(super) struct NewQueueBody {
    /// The id of the queue; generated if omitted.
    id: Option<Uuid>,
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Main hall")]
    name: BoundedText<200>,
    /// The queue's overrides of the configured policy.
    policy: Option<OverridesBody>,
    /// The message to waiting users.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000)]
    message: Option<BoundedText<1_000>>,
}

/// A change of a queue; omitted properties remain unchanged.
#[derive(Deserialize, ToSchema)]
#[schema(as = QueueChange)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueChangeBody {
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    name: Option<BoundedText<200>>,
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = PolicyChangeBody, required = false)]
    policy: Option<PolicyChangeBody>,
    /// The message to waiting users; null removes it.
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 1000)]
    message: Patch<Option<BoundedText<1_000>>>,
}

/// A change of a queue's policy; null resets a value to the configured one.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = QueuePolicyChange)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyChangeBody {
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<u32>, required = false, maximum = 10_000_000)]
    capacity: Patch<Option<u32>>,
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<u32>, required = false, minimum = 1, maximum = 10_000)]
    batch: Patch<Option<u32>>,
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<u32>, required = false, minimum = 1, maximum = 86_400)]
    active_seconds: Patch<Option<u32>>,
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<u32>, required = false, minimum = 1, maximum = 86_400)]
    claim_seconds: Patch<Option<u32>>,
    #[serde(default, deserialize_with = "deserialize_some")]
    #[schema(value_type = Option<u32>, required = false, maximum = 10_000_000)]
    max_waiting: Patch<Option<u32>>,
}

/// The number of users to admit now.
#[derive(Deserialize, ToSchema)]
#[schema(as = Admission)]
#[serde(deny_unknown_fields)]
pub(super) struct AdmissionBody {
    #[schema(minimum = 1, maximum = 10_000)]
    count: u32,
}

pub(super) struct NewQueue {
    pub(super) id: Option<QueueId>,
    pub(super) name: Title,
    pub(super) overrides: PolicyOverrides,
    pub(super) message: Option<Note>,
}

pub(super) struct QueueChange {
    pub(super) name: Option<Title>,
    pub(super) policy: PolicyPatch,
    pub(super) message: Patch<Option<Note>>,
}

pub(super) struct Admission(pub(super) u32);

impl FromBody for NewQueue {
    type Wire = NewQueueBody;

    fn read(wire: NewQueueBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let NewQueueBody { id, name, policy, message } = wire;
        let overrides = PolicyOverrides::from(policy.unwrap_or_default());
        Ok(Self { id: id.map(QueueId), name: name.0, overrides, message: message.map(|message| message.0) })
    }
}

impl FromBody for QueueChange {
    type Wire = QueueChangeBody;

    fn read(wire: QueueChangeBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let QueueChangeBody { name, policy, message } = wire;
        let PolicyChangeBody { capacity, batch, active_seconds, claim_seconds, max_waiting } = policy.unwrap_or_default();
        let (active, claim) = (active_seconds.map(window), claim_seconds.map(window));
        let policy = PolicyPatch { capacity, batch, active, claim, max_waiting };
        Ok(Self { name: name.map(|name| name.0), policy, message: message.map(|message| message.map(|message| message.0)) })
    }
}

impl FromBody for Admission {
    type Wire = AdmissionBody;

    fn read(wire: AdmissionBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let max = PolicyOverrides::MAX_BATCH;
        if (1..=max).contains(&wire.count) {
            Ok(Self(wire.count))
        } else {
            Err(vec![FieldError::at("/count", format_args!("must be a number from 1 to {max}"))])
        }
    }
}
