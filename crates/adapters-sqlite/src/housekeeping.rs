//! Forgetting what has been kept long enough.

use adapters_sql::{micros, read_error};
use application::ports::{Housekeeping, Pruned, ReadError};
use async_trait::async_trait;
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::SqliteStore;
use crate::statement::statement;
use crate::statements::{event, key};

#[async_trait]
impl Housekeeping for SqliteStore {
    async fn prune(&self, events_before: OffsetDateTime, at_most: u32) -> Result<Pruned, ReadError> {
        let delete = async |sql: &str, until: OffsetDateTime| {
            let deleted = self.writer.execute_raw(statement(sql, [micros(until).into(), at_most.into()])).await;
            deleted.map(|result| result.rows_affected()).map_err(read_error)
        };
        let keys = delete(key::DELETE_EXPIRED, self.clock.now()).await?;
        let events = delete(event::DELETE_OLD, events_before).await?;
        Ok(Pruned { keys, events })
    }
}
