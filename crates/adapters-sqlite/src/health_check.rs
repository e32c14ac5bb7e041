//! Whether the file can be read, by a connection of its own, and written, if the last write failed.

use adapters_sql::read_error;
use application::ports::{HealthCheck, ReadError};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr};

use crate::SqliteStore;

/// As much as a group of commits may take, so that a nearly full disk is told from one with room.
const TRY: &str = "INSERT OR REPLACE INTO storage_probe (id, ballast) VALUES (1, zeroblob(1048576))";
const TIDY: &str = "DELETE FROM storage_probe";

#[async_trait]
impl HealthCheck for SqliteStore {
    async fn check(&self) -> Result<(), ReadError> {
        self.health_check.execute_unprepared("SELECT 1 FROM queues LIMIT 1").await.map_err(read_error)?;
        if self.last_write.has_failed() {
            let store = self.clone();
            let tried = tokio::spawn(async move { store.try_to_write().await }).await;
            tried.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(|error| ReadError::NotWritable(error.to_string()))?;
        }
        Ok(())
    }
}

impl SqliteStore {
    /// Writes something to the disk, and notes what came of it. A store that is sent no requests finds out only so that it can write again.
    async fn try_to_write(&self) -> Result<(), DbErr> {
        let tried = async {
            self.writer.execute_unprepared(TRY).await?;
            self.writer.execute_unprepared(TIDY).await.map(|_| ())
        };
        let tried = tried.await;
        self.last_write.set(tried.as_ref().err().map(ToString::to_string));
        tried
    }
}
