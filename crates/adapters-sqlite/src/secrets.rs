//! Secrets, stored next to the data.

use adapters_sql::{Corrupt, read_error};
use application::ports::{ReadError, SecretName, Secrets};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::SqliteStore;
use crate::statement::{find, statement};

const SELECT: &str = "SELECT value FROM secrets WHERE name = ?1";
const INSERT: &str = "INSERT INTO secrets (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING";

#[derive(FromQueryResult)]
struct Secret {
    value: Vec<u8>,
}

#[async_trait]
impl Secrets for SqliteStore {
    async fn secret(&self, name: SecretName, candidate: [u8; 32]) -> Result<[u8; 32], ReadError> {
        let stored = if let Some(stored) = stored(&self.readers, name).await.map_err(read_error)? {
            stored
        } else {
            // Another process may have stored its candidate in the meantime: then that one stays and is read.
            self.writer.execute_raw(statement(INSERT, [name.as_str().into(), candidate.to_vec().into()])).await.map_err(read_error)?;
            stored(&self.writer, name).await.map_err(read_error)?.ok_or(Corrupt::new("secrets", "name"))?
        };
        Ok(stored.value.try_into().map_err(|_| Corrupt::new("secrets", "value"))?)
    }
}

async fn stored(db: &impl ConnectionTrait, name: SecretName) -> Result<Option<Secret>, DbErr> {
    Ok(find::<Secret>(db, SELECT, [name.as_str().into()]).await?.into_iter().next())
}
