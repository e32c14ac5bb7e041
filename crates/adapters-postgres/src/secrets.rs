//! Secrets, stored next to the data.

use adapters_sql::Corrupt;
use application::ports::{ReadError, SecretName, Secrets};
use async_trait::async_trait;
use sea_orm::sqlx::{self, Row};

use crate::PostgresStore;
use crate::error::read_error;

/// Inserts the candidate unless there is a secret: then that one stays. The secret is selected after the insert, which may have waited for
/// that of another process.
const INSERT: &str = "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const SELECT: &str = "SELECT value FROM secrets WHERE name = $1";

#[async_trait]
impl Secrets for PostgresStore {
    async fn secret(&self, name: SecretName, candidate: [u8; 32]) -> Result<[u8; 32], ReadError> {
        sqlx::query(INSERT).bind(name.as_str()).bind(candidate.as_slice()).execute(&self.commands.pool).await.map_err(read_error)?;
        let stored = sqlx::query(SELECT).bind(name.as_str()).fetch_one(&self.commands.pool).await.map_err(read_error)?;
        let value: Vec<u8> = stored.try_get("value").map_err(read_error)?;
        Ok(value.try_into().map_err(|_| Corrupt::new("secrets", "value"))?)
    }
}
