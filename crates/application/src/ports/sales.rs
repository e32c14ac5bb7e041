//! The port of sales: the rows that all instances together fold the event log into.

use async_trait::async_trait;
use domain::{ScheduleId, ScheduleSales};
use time::OffsetDateTime;

use crate::ports::{Position, ReadError};

/// The sales of schedules, and the position up to which they contain the events of the log. The pruning of the log doesn't affect them.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Sales: Send + Sync {
    /// Returns the position up to which events have been folded; none before the first [`Self::advance`].
    async fn folded_to(&self) -> Result<Option<Position>, ReadError>;

    /// Returns the sales of those of `schedules` that have any, each once, in any order. They MUST be at least as new as the position that
    /// was read before.
    async fn sales_of(&self, schedules: &[ScheduleId]) -> Result<Vec<ScheduleSales>, ReadError>;

    /// Writes `sales`, in place of those of the same schedules, and moves the position from `from` to `to`. Returns false, and writes
    /// nothing, if the position isn't `from`.
    ///
    /// - All of it MUST be written or nothing, and MUST be durable before true is returned.
    /// - Of several concurrent calls with the same `from`, in any processes, exactly one MUST return true, unless one fails.
    async fn advance(&self, from: Option<Position>, to: Position, sales: &[ScheduleSales]) -> Result<bool, ReadError>;

    /// Returns the sales of the schedules whose last payment was at or after `since`, the last one first, at most `at_most`.
    async fn recent_sales(&self, since: OffsetDateTime, at_most: u32) -> Result<Vec<ScheduleSales>, ReadError>;
}
