//! Secrets, kept where the data is.

use adapters_sql::Corrupt;
use application::ports::{ReadError, Secrets};
use async_trait::async_trait;
use sea_orm::sqlx::{self, Row};

use crate::PostgresStore;
use crate::error::read_error;

/// Keeps the candidate unless there is one: then that one stays. Both are looked for after the insert, which may have waited
/// for another's.
const KEEP: &str = "INSERT INTO secrets (name, value) VALUES ('issuer', $1) ON CONFLICT DO NOTHING";
const KEPT: &str = "SELECT value FROM secrets WHERE name = 'issuer'";

#[async_trait]
impl Secrets for PostgresStore {
    async fn issuer_secret(&self, candidate: [u8; 32]) -> Result<[u8; 32], ReadError> {
        sqlx::query(KEEP).bind(candidate.as_slice()).execute(&self.commands.pool).await.map_err(read_error)?;
        let kept = sqlx::query(KEPT).fetch_one(&self.commands.pool).await.map_err(read_error)?;
        let value: Vec<u8> = kept.try_get("value").map_err(read_error)?;
        Ok(value.try_into().map_err(|_| Corrupt::new("secrets", "value"))?)
    }
}
