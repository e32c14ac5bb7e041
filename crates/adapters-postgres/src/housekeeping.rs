//! Forgetting what has been kept long enough.

use adapters_sql::micros;
use application::ports::{Housekeeping, Old, Pruned, ReadError};
use async_trait::async_trait;
use sea_orm::sqlx::{self, Error, Row};
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
/// Looks at the tokens ($2) that ended first, before an instant ($1), and may be pruned. Those that a reservation of their user names
/// are kept for good; of the others so many ($3) are deleted, and counted where their numbers came from. Who paid has a
/// reservation: its token isn't looked at. Tokens are locked before counters, as a commit does it. The rows are found from keys whatever
/// the statistics say: see `load.sql`.
pub(crate) const TOKENS: &str = "
    WITH old AS MATERIALIZED (
        SELECT id, user_id FROM queue_tokens
        WHERE state = 'EXPIRED' AND reason <> 'PAID' AND NOT kept AND expired_at < $1::bigint
        ORDER BY expired_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED),
    looked AS MATERIALIZED (
        SELECT old.id, r.named IS NOT NULL AS is_named FROM old
        LEFT JOIN LATERAL (
            SELECT true AS named FROM reservations r WHERE r.user_id = old.user_id AND r.token_id = old.id LIMIT 1) r ON true),
    keep AS (
        UPDATE queue_tokens t SET kept = true
        FROM (SELECT o.place FROM looked
              CROSS JOIN LATERAL (SELECT o.ctid AS place FROM queue_tokens o WHERE o.id = looked.id OFFSET 0) o
              WHERE is_named) o
        WHERE t.ctid = o.place RETURNING 1),
    gone AS (
        DELETE FROM queue_tokens t
        USING (SELECT o.place FROM (SELECT id FROM looked WHERE NOT is_named LIMIT $3::bigint) k
               CROSS JOIN LATERAL (SELECT o.ctid AS place FROM queue_tokens o WHERE o.id = k.id OFFSET 0) o) o
        WHERE t.ctid = o.place RETURNING t.queue_id),
    counted AS (
        UPDATE queue_counters t SET pruned = t.pruned + gone.tokens
        FROM (SELECT queue_id, count(*) AS tokens FROM gone GROUP BY queue_id ORDER BY queue_id) gone
        WHERE t.queue_id = gone.queue_id RETURNING 1)
    SELECT (SELECT count(*) FROM looked) AS looked, (SELECT count(*) FROM keep) AS kept, (SELECT count(*) FROM gone) AS gone,
           (SELECT count(*) FROM counted) AS counted";
/// How many ended tokens are looked at under one lock, and how often in a round.
const LOOKED_AT: i64 = 1_000;
const LOOKS: u32 = 4;

#[async_trait]
impl Housekeeping for PostgresStore {
    async fn prune(&self, old: Old, at_most: u32) -> Result<Pruned, ReadError> {
        let store = self.clone();
        let pruned = tokio::spawn(async move { store.prune_all(old, at_most).await }).await;
        pruned.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }
}

impl PostgresStore {
    async fn prune_all(&self, old: Old, at_most: u32) -> Result<Pruned, Error> {
        let at_most = i64::from(at_most);
        let keys = within(sqlx::query(KEYS).bind(self.given_now().map(micros)).bind(at_most).execute(&self.commands)).await?;
        let events = within(sqlx::query(EVENTS).bind(micros(old.events)).bind(at_most).execute(&self.commands)).await?;
        feed::prune(&self.commands).await?;
        let tokens = self.prune_tokens(old.tokens, at_most).await?;
        Ok(Pruned { keys: keys.rows_affected(), events: events.rows_affected(), tokens })
    }

    async fn prune_tokens(&self, before: OffsetDateTime, at_most: i64) -> Result<u64, Error> {
        let mut pruned = 0;
        for _ in 0..LOOKS {
            let look = sqlx::query(TOKENS).bind(micros(before)).bind(LOOKED_AT).bind(at_most - pruned);
            let row = within(look.fetch_one(&self.commands)).await?;
            pruned += row.try_get::<i64, _>("gone")?;
            if pruned == at_most || row.try_get::<i64, _>("looked")? < LOOKED_AT {
                break;
            }
        }
        Ok(pruned.unsigned_abs())
    }
}
