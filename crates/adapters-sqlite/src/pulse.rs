//! Whether the file can be read, by a connection of its own.

use adapters_sql::read_error;
use application::ports::{Pulse, ReadError};
use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;

use crate::SqliteStore;

#[async_trait]
impl Pulse for SqliteStore {
    async fn check(&self) -> Result<(), ReadError> {
        self.pulse.execute_unprepared("SELECT 1 FROM queues LIMIT 1").await.map(|_| ()).map_err(read_error)
    }
}
