//! Deletion of rows whose retention has ended.
//!
//! Each statement finds the oldest rows by an index, so that its work doesn't grow with the number of rows that stay. An instant in a
//! condition on a column is a parameter: the database's clock is volatile there, and no index is used for it. Rows that another instance is
//! deleting are skipped.

use adapters_sql::micros;
use application::ports::{Housekeeping, Prunable, Pruned, ReadError};
use async_trait::async_trait;
use sea_orm::sqlx::{self, Error, Row};
use time::OffsetDateTime;

use crate::PostgresStore;
use crate::error::read_error;

/// Deletes keys whose retention ended at or before an instant ($1), with a limit ($2). The rows are found by their keys regardless of
/// the statistics: see `load.sql`.
pub(crate) const KEYS: &str = "
    WITH old AS MATERIALIZED (
        SELECT ctid AS place FROM idempotency_keys
        WHERE expires_at <= $1::bigint ORDER BY expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED)
    DELETE FROM idempotency_keys k USING old WHERE k.ctid = old.place";
/// Checks the tokens ($2) that ended first, before an instant ($1), and may be pruned. Those that a reservation of their user names are
/// marked as kept; the others are deleted, and added to the counts of their queues. Tokens that ended with a payment have a reservation and
/// are not checked. Tokens are locked before counters, as in a commit.
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
        USING (SELECT o.place FROM (SELECT id FROM looked WHERE NOT is_named) k
               CROSS JOIN LATERAL (SELECT o.ctid AS place FROM queue_tokens o WHERE o.id = k.id OFFSET 0) o) o
        WHERE t.ctid = o.place RETURNING t.queue_id),
    counted AS (
        UPDATE queue_counters t SET pruned = t.pruned + gone.tokens
        FROM (SELECT queue_id, count(*) AS tokens FROM gone GROUP BY queue_id ORDER BY queue_id) gone
        WHERE t.queue_id = gone.queue_id RETURNING 1)
    SELECT (SELECT count(*) FROM looked) AS looked, (SELECT count(*) FROM keep) AS kept, (SELECT count(*) FROM gone) AS gone,
           (SELECT count(*) FROM counted) AS counted";

#[async_trait]
impl Housekeeping for PostgresStore {
    async fn prune(&self, what: Prunable, at_most: u32) -> Result<Pruned, ReadError> {
        let store = self.clone();
        let pruned = tokio::spawn(async move { store.prune_some(what, i64::from(at_most)).await }).await;
        pruned.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }
}

impl PostgresStore {
    async fn prune_some(&self, what: Prunable, at_most: i64) -> Result<Pruned, Error> {
        match what {
            Prunable::Keys => self.delete(KEYS, self.clock().now(), at_most).await,
            Prunable::Log { before, unread_before } => self.prune_log(before, unread_before, at_most).await,
            Prunable::Tokens { before } => self.prune_tokens(before, at_most).await,
        }
    }

    async fn delete(&self, sql: &'static str, until: OffsetDateTime, at_most: i64) -> Result<Pruned, Error> {
        let deleted = self.commands.within(sqlx::query(sql).bind(micros(until)).bind(at_most).execute(&self.commands.pool)).await?;
        Ok(pruned(deleted.rows_affected(), deleted.rows_affected(), at_most))
    }

    async fn prune_tokens(&self, before: OffsetDateTime, at_most: i64) -> Result<Pruned, Error> {
        let query = sqlx::query(TOKENS).bind(micros(before)).bind(at_most);
        let row = self.commands.within(query.fetch_one(&self.commands.pool)).await?;
        let count = |name| row.try_get::<i64, _>(name).map(i64::unsigned_abs);
        Ok(pruned(count("gone")?, count("looked")?, at_most))
    }
}

/// Returns the result of a round that was limited to `at_most` rows.
pub(crate) fn pruned(rows: u64, looked_at: u64, at_most: i64) -> Pruned {
    Pruned { rows, more: looked_at >= at_most.unsigned_abs() }
}
