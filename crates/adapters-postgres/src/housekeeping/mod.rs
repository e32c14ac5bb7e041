//! Deletion of rows whose retention has ended.
//!
//! Each statement finds the oldest rows by an index, so that its work doesn't grow with the number of rows that stay. An instant in a
//! condition on a column is a parameter: the database's clock is volatile there, and no index is used for it. Idempotency keys that another
//! instance is deleting are skipped.
//!
//! Reservations keep tokens, and both keep users, as do sessions: a token or user that was found to be needed is marked as kept, and the deletion of the row
//! that needs it removes the mark. A round that saw such a row after another round had deleted it would set the mark forever. So these
//! rounds take turns: a round reads the number of rounds ([`ROUNDS`]), and its statement does nothing if another round has increased it
//! meanwhile. This costs less than a transaction, and no lock is held while the program waits.

mod backlog;
mod reservations;
mod sessions;
mod tokens;
mod turn;
mod users;

use std::time::Duration;

use adapters_sql::micros;
use application::ports::{Housekeeping, Prunable, Pruned, ReadError};
use async_trait::async_trait;
use sea_orm::sqlx::{self, Error, Row};
use time::OffsetDateTime;

use crate::PostgresStore;
use crate::error::read_error;

#[cfg(test)]
pub(crate) use backlog::STATEMENTS as BACKLOGS;
pub(crate) use reservations::RESERVATIONS;
pub(crate) use sessions::SESSIONS;
pub(crate) use tokens::TOKENS;
pub(crate) use users::USERS;

/// Deletes keys whose retention ended at or before an instant ($1), with a limit ($2). The rows are found by their keys regardless of
/// the statistics: see `load.sql`.
pub(crate) const KEYS: &str = "
    WITH old AS MATERIALIZED (
        SELECT ctid AS place FROM idempotency_keys
        WHERE expires_at <= $1::bigint ORDER BY expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED)
    DELETE FROM idempotency_keys k USING old WHERE k.ctid = old.place";
/// Returns the number of rounds so far.
pub(crate) const ROUNDS: &str = "SELECT rounds FROM pruning_rounds WHERE single";

#[async_trait]
impl Housekeeping for PostgresStore {
    async fn prune(&self, what: Prunable, at_most: u32) -> Result<Pruned, ReadError> {
        let store = self.clone();
        let pruned = tokio::spawn(async move { store.prune_some(what, i64::from(at_most)).await }).await;
        pruned.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }

    async fn backlog(&self, what: Prunable) -> Result<Duration, ReadError> {
        self.measure_backlog(what).await.map_err(read_error)
    }
}

impl PostgresStore {
    async fn prune_some(&self, what: Prunable, at_most: i64) -> Result<Pruned, Error> {
        match what {
            Prunable::Keys => self.prune_keys(self.clock().now(), at_most).await,
            Prunable::Log { before, unread_before } => self.prune_log(before, unread_before, at_most).await,
            Prunable::Reservations { before } => self.prune_in_turn(RESERVATIONS, before, at_most).await,
            Prunable::Tokens { before } => self.prune_in_turn(TOKENS, before, at_most).await,
            Prunable::Sessions { before } => self.prune_in_turn(SESSIONS, before, at_most).await,
            Prunable::Users { before } => self.prune_in_turn(USERS, before, at_most).await,
        }
    }

    async fn prune_keys(&self, until: OffsetDateTime, at_most: i64) -> Result<Pruned, Error> {
        let deleted = self.commands.within(sqlx::query(KEYS).bind(micros(until)).bind(at_most).execute(&self.commands.pool)).await?;
        Ok(pruned(deleted.rows_affected(), deleted.rows_affected(), at_most))
    }

    /// Runs one round, unless a round of another instance comes between: then nothing is done, and the next round tries again.
    async fn prune_in_turn(&self, sql: &'static str, before: OffsetDateTime, at_most: i64) -> Result<Pruned, Error> {
        let rounds = sqlx::query_scalar::<_, i64>(ROUNDS).fetch_one(&self.commands.pool);
        let rounds = self.commands.within(rounds).await?;
        let query = sqlx::query(sql).bind(micros(before)).bind(at_most).bind(rounds);
        let row = self.commands.within(query.fetch_one(&self.commands.pool)).await?;
        let count = |name| row.try_get::<i64, _>(name).map(i64::unsigned_abs);
        if count("turns")? == 0 {
            return Ok(Pruned { rows: 0, more: true });
        }
        Ok(pruned(count("gone")?, count("looked")?, at_most))
    }
}

/// Returns the result of a round that was limited to `at_most` rows.
pub(crate) fn pruned(rows: u64, looked_at: u64, at_most: i64) -> Pruned {
    Pruned { rows, more: looked_at >= at_most.unsigned_abs() }
}
