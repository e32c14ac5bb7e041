//! Common members of queues on the wire.

use domain::QueueState;
use serde::Serialize;
use utoipa::ToSchema;

/// Whether users can join a queue and are admitted.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum QueueStateBody {
    /// Users can join and are admitted.
    Open,
    /// Users can join, but are not admitted.
    Paused,
    /// Users can't join; waiting users are admitted.
    Closed,
}

impl From<QueueState> for QueueStateBody {
    fn from(state: QueueState) -> Self {
        match state {
            QueueState::Open => Self::Open,
            QueueState::Paused => Self::Paused,
            QueueState::Closed => Self::Closed,
        }
    }
}

/// Rounds a rate to a tenth.
pub(crate) fn round_to_tenth(rate: f64) -> f64 {
    (rate * 10.0).round() / 10.0
}
