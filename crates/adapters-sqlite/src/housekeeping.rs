//! Deletion of rows whose retention has ended.

use std::collections::BTreeMap;

use adapters_sql::{micros, read_error};
use application::ports::{Housekeeping, Prunable, Pruned, ReadError};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::SqliteStore;
use crate::database::begin_immediate;
use crate::statement::{find, statement, write};
use crate::statements::{key, log, queue, token};

#[async_trait]
impl Housekeeping for SqliteStore {
    async fn prune(&self, what: Prunable, at_most: u32) -> Result<Pruned, ReadError> {
        let store = self.clone();
        let pruned = tokio::spawn(async move { store.prune_some(what, at_most).await }).await;
        pruned.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }
}

/// An ended token that may be pruned unless a reservation names it.
#[derive(FromQueryResult)]
struct Ended {
    id: Uuid,
    queue_id: Uuid,
    is_named: bool,
}

/// The number of pruned tokens of a queue.
#[derive(Serialize)]
struct PrunedCount {
    queue_id: Uuid,
    pruned: u32,
}

impl SqliteStore {
    async fn prune_some(&self, what: Prunable, at_most: u32) -> Result<Pruned, DbErr> {
        match what {
            Prunable::Keys => self.delete(key::DELETE_EXPIRED, self.clock.now(), at_most).await,
            Prunable::Log { before, unread_before } => self.prune_log(before, unread_before, at_most).await,
            Prunable::Tokens { before } => self.prune_tokens(before, at_most).await,
        }
    }

    async fn delete(&self, sql: &str, until: OffsetDateTime, at_most: u32) -> Result<Pruned, DbErr> {
        let rows = self.writer.execute_raw(statement(sql, [micros(until).into(), at_most.into()])).await?.rows_affected();
        Ok(Pruned { rows, more: rows == u64::from(at_most) })
    }

    async fn prune_tokens(&self, before: OffsetDateTime, at_most: u32) -> Result<Pruned, DbErr> {
        let transaction = begin_immediate(&self.writer).await?;
        let pruned = prune_unnamed(&transaction, before, at_most).await;
        end(transaction, pruned).await
    }

    async fn prune_log(&self, before: OffsetDateTime, unread_before: OffsetDateTime, at_most: u32) -> Result<Pruned, DbErr> {
        let transaction = begin_immediate(&self.writer).await?;
        let moved = move_start(&transaction, before, unread_before, at_most).await;
        end(transaction, moved).await
    }
}

/// Commits if `result` is `Ok`, and rolls back otherwise.
async fn end<T>(transaction: DatabaseTransaction, result: Result<T, DbErr>) -> Result<T, DbErr> {
    match result {
        Ok(result) => transaction.commit().await.map(|()| result),
        Err(error) => {
            transaction.rollback().await?;
            Err(error)
        }
    }
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

/// Checks a limited number of ended tokens: deletes those that no reservation names, and adds them to the counts of their queues; the
/// others are marked as kept and not checked again.
async fn prune_unnamed(db: &impl ConnectionTrait, before: OffsetDateTime, at_most: u32) -> Result<Pruned, DbErr> {
    let ended = find::<Ended>(db, token::SELECT_ENDED, [micros(before).into(), at_most.into()]).await?;
    let kept: Vec<Uuid> = ended.iter().filter(|token| token.is_named).map(|token| token.id).collect();
    let (mut gone, mut counts) = (Vec::new(), BTreeMap::new());
    for token in ended.iter().filter(|token| !token.is_named) {
        gone.push(token.id);
        *counts.entry(token.queue_id).or_insert(0) += 1;
    }
    let counts: Vec<PrunedCount> = counts.into_iter().map(|(queue_id, pruned)| PrunedCount { queue_id, pruned }).collect();
    write(db, token::KEEP, &kept).await?;
    write(db, token::DELETE, &gone).await?;
    write(db, queue::COUNT_PRUNED, &counts).await?;
    Ok(Pruned { rows: gone.len().try_into().unwrap_or(u64::MAX), more: u32::try_from(ended.len()) == Ok(at_most) })
}
