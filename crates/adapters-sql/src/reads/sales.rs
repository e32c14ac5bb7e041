//! The queries of the sales of schedules.

use application::ports::{Position, ReadError};
use domain::{ScheduleId, ScheduleSales};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use time::OffsetDateTime;

use super::{Reads, repeated};
use crate::rows::sales;
use crate::{all, micros};

const POSITION: &str = "SELECT position FROM sales_position";

#[derive(FromQueryResult)]
struct PositionRow {
    position: Option<i64>,
}

/// What the port `Sales` reads.
impl Reads {
    /// Returns the position up to which events have been folded, if any have.
    pub async fn folded_to(&self) -> Result<Option<Position>, ReadError> {
        let position = self.find::<PositionRow>(POSITION, []).await?.into_iter().find_map(|row| row.position);
        Ok(position.map(|position| Position(u64::try_from(position).unwrap_or(0))))
    }

    /// Returns the sales of those of `schedules` that have any.
    pub async fn sales_of(&self, schedules: &[ScheduleId]) -> Result<Vec<ScheduleSales>, ReadError> {
        let query = sales::Entity::find().filter(sales::Column::ScheduleId.is_in(repeated(schedules).map(|id| id.0)));
        all(self.within(query.all(&self.db)).await?)
    }

    /// Returns the sales with the latest payments, at or after `since`.
    pub async fn recent_sales(&self, since: OffsetDateTime, at_most: u32) -> Result<Vec<ScheduleSales>, ReadError> {
        let query = sales::Entity::find().filter(sales::Column::LastPaidAt.gte(micros(since)));
        let query = query.order_by_desc(sales::Column::LastPaidAt).limit(u64::from(at_most));
        all(self.within(query.all(&self.db)).await?)
    }
}
