//! Checks that the file can be read, on a dedicated connection, and written, if the last write failed.

use adapters_sql::read_error;
use application::ports::{HealthCheck, ReadError};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr};

use crate::SqliteStore;

/// As large as a group of commits may be, so that it fails on a nearly full disk.
const PROBE: &str = "INSERT OR REPLACE INTO storage_probe (id, ballast) VALUES (1, zeroblob(1048576))";
const CLEAN_UP: &str = "DELETE FROM storage_probe";

#[async_trait]
impl HealthCheck for SqliteStore {
    async fn check(&self) -> Result<(), ReadError> {
        self.health_check.execute_unprepared("SELECT 1 FROM queues LIMIT 1").await.map_err(read_error)?;
        if self.last_write.has_failed() {
            let store = self.clone();
            let probed = tokio::spawn(async move { store.probe().await }).await;
            probed.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(|error| ReadError::NotWritable(error.to_string()))?;
        }
        Ok(())
    }
}

impl SqliteStore {
    /// Writes to the disk, and records the result. Without requests, this is the only way to notice that the store can be written again.
    async fn probe(&self) -> Result<(), DbErr> {
        let probed = async {
            self.writer.execute_unprepared(PROBE).await?;
            self.writer.execute_unprepared(CLEAN_UP).await.map(|_| ())
        };
        let probed = probed.await;
        self.last_write.set(probed.as_ref().err().map(ToString::to_string));
        probed
    }
}
