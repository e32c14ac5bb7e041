//! Deletion of rows whose retention has ended.

mod backlog;
mod reservations;
mod round;
mod sessions;
mod tokens;
mod users;

use std::time::Duration;

use adapters_sql::{micros, read_error};
use application::ports::{Housekeeping, Prunable, Pruned, ReadError};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbErr};
use time::OffsetDateTime;

use crate::SqliteStore;
use crate::database::{begin_immediate, end};
use crate::statement::statement;
use crate::statements::{key, log};

#[async_trait]
impl Housekeeping for SqliteStore {
    async fn prune(&self, what: Prunable, at_most: u32) -> Result<Pruned, ReadError> {
        let store = self.clone();
        let pruned = tokio::spawn(async move { store.prune_some(what, at_most).await }).await;
        pruned.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }

    async fn backlog(&self, what: Prunable) -> Result<Duration, ReadError> {
        backlog::measure(&self.readers, what, self.clock.now()).await.map_err(read_error)
    }
}

impl SqliteStore {
    async fn prune_some(&self, what: Prunable, at_most: u32) -> Result<Pruned, DbErr> {
        let transaction = begin_immediate(&self.writer).await?;
        let pruned = match what {
            Prunable::Keys => delete_keys(&transaction, self.clock.now(), at_most).await,
            Prunable::Log { before, unread_before } => move_start(&transaction, before, unread_before, at_most).await,
            Prunable::Reservations { before } => reservations::prune(&transaction, before, at_most).await,
            Prunable::Tokens { before } => tokens::prune(&transaction, before, at_most).await,
            Prunable::Sessions { before } => sessions::prune(&transaction, before, at_most).await,
            Prunable::Users { before } => users::prune(&transaction, before, at_most).await,
        };
        end(transaction, pruned).await
    }
}

/// Deletes keys whose retention has ended.
async fn delete_keys(db: &impl ConnectionTrait, now: OffsetDateTime, at_most: u32) -> Result<Pruned, DbErr> {
    let rows = db.execute_raw(statement(key::DELETE_EXPIRED, [micros(now).into(), at_most.into()])).await?.rows_affected();
    Ok(Pruned { rows, more: rows == u64::from(at_most) })
}

/// Moves the start of the log, and deletes the events before it.
async fn move_start(
    db: &impl ConnectionTrait,
    before: OffsetDateTime,
    unread_before: OffsetDateTime,
    at_most: u32,
) -> Result<Pruned, DbErr> {
    let values = [micros(before).into(), micros(unread_before).into(), at_most.into()];
    db.execute_raw(statement(log::MOVE_START, values)).await?;
    let rows = db.execute_raw(statement(log::DELETE_BEFORE_START, [])).await?.rows_affected();
    Ok(Pruned { rows, more: rows == u64::from(at_most) })
}
