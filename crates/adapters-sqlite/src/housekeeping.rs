//! Forgetting what has been kept long enough.

use std::collections::BTreeMap;

use adapters_sql::{micros, read_error};
use application::ports::{Housekeeping, Old, Pruned, ReadError};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::SqliteStore;
use crate::database::begin_immediate;
use crate::statement::{find, statement, write};
use crate::statements::{event, key, queue, token};

/// How many ended tokens are looked at under one lock, and how often in a round.
const LOOKED_AT: u32 = 1_000;
const LOOKS: u32 = 4;

#[async_trait]
impl Housekeeping for SqliteStore {
    async fn prune(&self, old: Old, at_most: u32) -> Result<Pruned, ReadError> {
        let store = self.clone();
        let pruned = tokio::spawn(async move { store.prune_all(old, at_most).await }).await;
        pruned.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }
}

/// An ended token that may be pruned unless it is named.
#[derive(FromQueryResult)]
struct Ended {
    id: Uuid,
    queue_id: Uuid,
    is_named: bool,
}

/// How many tokens of a queue were pruned.
#[derive(Serialize)]
struct Gone {
    queue_id: Uuid,
    pruned: u32,
}

impl SqliteStore {
    async fn prune_all(&self, old: Old, at_most: u32) -> Result<Pruned, DbErr> {
        let delete = async |sql: &str, until: OffsetDateTime| {
            let deleted = self.writer.execute_raw(statement(sql, [micros(until).into(), at_most.into()])).await;
            deleted.map(|result| result.rows_affected())
        };
        let keys = delete(key::DELETE_EXPIRED, self.clock.now()).await?;
        let events = delete(event::DELETE_OLD, old.events).await?;
        let tokens = self.prune_tokens(old.tokens, at_most).await?;
        Ok(Pruned { keys, events, tokens: u64::from(tokens) })
    }

    async fn prune_tokens(&self, before: OffsetDateTime, at_most: u32) -> Result<u32, DbErr> {
        let mut pruned = 0;
        for _ in 0..LOOKS {
            let look = prune_some(&self.writer, before, at_most - pruned).await?;
            pruned += look.pruned;
            if pruned == at_most || look.seen < LOOKED_AT {
                break;
            }
        }
        Ok(pruned)
    }
}

/// What came of one look at ended tokens.
struct Look {
    seen: u32,
    pruned: u32,
}

async fn prune_some(writer: &DatabaseConnection, before: OffsetDateTime, at_most: u32) -> Result<Look, DbErr> {
    let transaction = begin_immediate(writer).await?;
    match look(&transaction, before, at_most).await {
        Ok(look) => transaction.commit().await.map(|()| look),
        Err(error) => {
            transaction.rollback().await?;
            Err(error)
        }
    }
}

/// Deletes ended tokens that no reservation names, and counts them where their numbers came from; the named ones are kept for good.
async fn look(db: &impl ConnectionTrait, before: OffsetDateTime, at_most: u32) -> Result<Look, DbErr> {
    let ended = find::<Ended>(db, token::SELECT_ENDED, [micros(before).into(), LOOKED_AT.into()]).await?;
    let kept: Vec<Uuid> = ended.iter().filter(|token| token.is_named).map(|token| token.id).collect();
    let (mut gone, mut counts) = (Vec::new(), BTreeMap::new());
    for token in ended.iter().filter(|token| !token.is_named).take(usize::try_from(at_most).unwrap_or(usize::MAX)) {
        gone.push(token.id);
        *counts.entry(token.queue_id).or_insert(0) += 1;
    }
    let counts: Vec<Gone> = counts.into_iter().map(|(queue_id, pruned)| Gone { queue_id, pruned }).collect();
    write(db, token::KEEP, &kept).await?;
    write(db, token::DELETE, &gone).await?;
    write(db, queue::COUNT_PRUNED, &counts).await?;
    let count = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
    Ok(Look { seen: count(ended.len()), pruned: count(gone.len()) })
}
