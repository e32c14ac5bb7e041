//! Whether the database can be reached and written, by a connection of its own.

use application::ports::{Pulse, ReadError};
use async_trait::async_trait;
use sea_orm::sqlx;

use crate::PostgresStore;
use crate::database::{is_fit, within};

#[async_trait]
impl Pulse for PostgresStore {
    async fn check(&self) -> Result<(), ReadError> {
        let unavailable = |error: sqlx::Error| ReadError::Unavailable(Box::new(error));
        let fit = within(async { is_fit(&mut *self.pulse.acquire().await?).await }).await.map_err(unavailable)?;
        if fit { Ok(()) } else { Err(ReadError::ReadOnly) }
    }
}
