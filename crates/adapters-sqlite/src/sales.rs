//! The sales of schedules.

use adapters_sql::read_error;
use adapters_sql::rows::log::number;
use adapters_sql::rows::sales::Model;
use application::ports::{Position, ReadError, Sales};
use async_trait::async_trait;
use domain::{ScheduleId, ScheduleSales};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use time::OffsetDateTime;

use crate::SqliteStore;
use crate::database::{begin_immediate, end};
use crate::statement::{statement, write};
use crate::statements::sales;

#[async_trait]
impl Sales for SqliteStore {
    async fn folded_to(&self) -> Result<Option<Position>, ReadError> {
        self.reads().folded_to().await
    }

    async fn sales_of(&self, schedules: &[ScheduleId]) -> Result<Vec<ScheduleSales>, ReadError> {
        self.reads().sales_of(schedules).await
    }

    /// Runs to its end even if the caller stops waiting.
    async fn advance(&self, from: Option<Position>, to: Position, sales: &[ScheduleSales]) -> Result<bool, ReadError> {
        let (writer, rows) = (self.writer.clone(), sales.iter().map(Model::from).collect::<Vec<_>>());
        let task = tokio::spawn(async move {
            let transaction = begin_immediate(&writer).await?;
            let advanced = advance(&transaction, from, to, &rows).await;
            end(transaction, advanced).await
        });
        task.await.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }

    async fn recent_sales(&self, since: OffsetDateTime, at_most: u32) -> Result<Vec<ScheduleSales>, ReadError> {
        self.reads().recent_sales(since, at_most).await
    }
}

async fn advance(db: &DatabaseTransaction, from: Option<Position>, to: Position, rows: &[Model]) -> Result<bool, DbErr> {
    let moved = db.execute_raw(statement(sales::MOVE, [from.map(number).into(), number(to).into()])).await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    write(db, sales::WRITE, rows).await?;
    Ok(true)
}
