//! The public states of schedules and concerts on the wire.

use domain::ScheduleState;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of a schedule, or of a concert with all its schedules. `SOLD_OUT` and `ON_SALE` may be some seconds old.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = ScheduleState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ScheduleStateBody {
    /// The sale hasn't opened yet, or no seats have been offered yet.
    Announced,
    /// The sale is open, and a seat is free, or held and may become free again.
    OnSale,
    /// The sale is open, but all seats are sold.
    SoldOut,
    /// The sale has closed.
    Ended,
    /// It was cancelled.
    Cancelled,
}

impl From<ScheduleState> for ScheduleStateBody {
    fn from(state: ScheduleState) -> Self {
        match state {
            ScheduleState::Announced => Self::Announced,
            ScheduleState::OnSale => Self::OnSale,
            ScheduleState::SoldOut => Self::SoldOut,
            ScheduleState::Ended => Self::Ended,
            ScheduleState::Cancelled => Self::Cancelled,
        }
    }
}
