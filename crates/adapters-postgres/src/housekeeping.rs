//! Forgetting what has been kept long enough.

use adapters_sql::micros;
use application::ports::{Housekeeping, Pruned, ReadError};
use async_trait::async_trait;
use sea_orm::sqlx::{self, Error};
use time::OffsetDateTime;

use crate::PostgresStore;
use crate::database::within;
use crate::error::read_error;
use crate::feed;

/// Rows that another instance is deleting are left to it.
const KEYS: &str = "
    WITH old AS MATERIALIZED (
        SELECT user_id, route, request_key FROM idempotency_keys
        WHERE expires_at <= coalesce($1::bigint, clock_micros()) ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    DELETE FROM idempotency_keys k USING old
    WHERE k.user_id = old.user_id AND k.route = old.route AND k.request_key = old.request_key";
const EVENTS: &str = "
    WITH old AS MATERIALIZED (SELECT id FROM (SELECT id, at FROM outbox ORDER BY id LIMIT $2) o WHERE at < $1),
         mine AS MATERIALIZED (SELECT o.id FROM old JOIN outbox o ON o.id = old.id FOR UPDATE OF o SKIP LOCKED)
    DELETE FROM outbox o USING mine WHERE o.id = mine.id";

#[async_trait]
impl Housekeeping for PostgresStore {
    async fn prune(&self, events_before: OffsetDateTime, at_most: u32) -> Result<Pruned, ReadError> {
        let store = self.clone();
        let pruned = tokio::spawn(async move { store.prune_all(events_before, at_most).await }).await;
        pruned.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }
}

impl PostgresStore {
    async fn prune_all(&self, events_before: OffsetDateTime, at_most: u32) -> Result<Pruned, Error> {
        let at_most = i64::from(at_most);
        let keys = within(sqlx::query(KEYS).bind(self.given_now().map(micros)).bind(at_most).execute(&self.commands)).await?;
        let events = within(sqlx::query(EVENTS).bind(micros(events_before)).bind(at_most).execute(&self.commands)).await?;
        feed::prune(&self.commands).await?;
        Ok(Pruned { keys: keys.rows_affected(), events: events.rows_affected() })
    }
}
