//! The sales of schedules.

use adapters_sql::rows::log::number;
use adapters_sql::rows::sales::Model;
use application::ports::{Position, ReadError, Sales};
use async_trait::async_trait;
use domain::{ScheduleId, ScheduleSales};
use sea_orm::sqlx;
use time::OffsetDateTime;

use crate::PostgresStore;
use crate::error::read_error;

/// Moves the position up to which the event log has been folded from one ($1, or null) to another ($2), and writes sales ($3, a JSON
/// array) if it was there. A concurrent call waits for the row of the position, and finds it moved.
pub(crate) const ADVANCE: &str = "
    WITH moved AS (
        UPDATE sales_position SET position = $2::bigint WHERE single AND position IS NOT DISTINCT FROM $1::bigint RETURNING single),
    written AS (
        INSERT INTO schedule_sales (schedule_id, concert_id, sold, hours, last_paid_at, sold_out_at, sold_out_after)
        SELECT r.schedule_id, r.concert_id, r.sold, r.hours, r.last_paid_at, r.sold_out_at, r.sold_out_after
        FROM moved CROSS JOIN json_to_recordset($3::json) AS r (
            schedule_id uuid, concert_id uuid, sold bigint, hours text, last_paid_at bigint, sold_out_at bigint, sold_out_after bigint)
        ON CONFLICT (schedule_id) DO UPDATE SET
            sold = excluded.sold, hours = excluded.hours, last_paid_at = excluded.last_paid_at,
            sold_out_at = excluded.sold_out_at, sold_out_after = excluded.sold_out_after)
    SELECT EXISTS (SELECT FROM moved)";

#[async_trait]
impl Sales for PostgresStore {
    async fn folded_to(&self) -> Result<Option<Position>, ReadError> {
        self.reads().folded_to().await
    }

    async fn sales_of(&self, schedules: &[ScheduleId]) -> Result<Vec<ScheduleSales>, ReadError> {
        self.reads().sales_of(schedules).await
    }

    async fn advance(&self, from: Option<Position>, to: Position, sales: &[ScheduleSales]) -> Result<bool, ReadError> {
        let rows: Vec<Model> = sales.iter().map(Model::from).collect();
        let rows = serde_json::to_string(&rows).map_err(|error| ReadError::Fault(Box::new(error)))?;
        let query = sqlx::query_scalar(ADVANCE).bind(from.map(number)).bind(number(to)).bind(rows);
        self.commands.within(query.fetch_one(&self.commands.pool)).await.map_err(read_error)
    }

    async fn recent_sales(&self, since: OffsetDateTime, at_most: u32) -> Result<Vec<ScheduleSales>, ReadError> {
        self.reads().recent_sales(since, at_most).await
    }
}
