//! Checks that the database can be reached and written, and that its commits are durable, on a dedicated connection.

use application::ports::{HealthCheck, ReadError};
use async_trait::async_trait;
use sea_orm::sqlx;

use crate::PostgresStore;
use crate::database::{is_durable, is_fit};

#[async_trait]
impl HealthCheck for PostgresStore {
    async fn check(&self) -> Result<(), ReadError> {
        let unavailable = |error: sqlx::Error| ReadError::Unavailable(Box::new(error));
        let checked = async {
            let mut connection = self.health_check.pool.acquire().await?;
            Ok((is_fit(&mut connection).await?, is_durable(&mut connection).await?))
        };
        match self.health_check.within(checked).await.map_err(unavailable)? {
            (true, true) => Ok(()),
            (true, false) => Err(ReadError::NotDurable),
            (false, _) => Err(ReadError::ReadOnly),
        }
    }
}
