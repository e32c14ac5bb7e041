//! Measures how far rows are past their retention, by the first row of an index.

use std::time::Duration;

use adapters_sql::past;
use application::ports::Prunable;
use sea_orm::sqlx::{self, Error, Row};

use crate::PostgresStore;

const KEYS: &str = "SELECT expires_at FROM idempotency_keys ORDER BY expires_at LIMIT 1";
/// The instant of the first group of the log, and whether all readers have passed it.
const LOG: &str = "
    SELECT at, position <= (SELECT coalesce(min(position), 9223372036854775807) FROM log_readers) AS is_read FROM event_log
    WHERE position > (SELECT start_position FROM log_extent) ORDER BY position LIMIT 1";
const RESERVATIONS: &str = "
    SELECT expires_at FROM reservations WHERE state = 'CANCELLED' AND payment_id IS NULL ORDER BY expires_at LIMIT 1";
const TOKENS: &str = "
    SELECT expired_at FROM queue_tokens WHERE state = 'EXPIRED' AND reason <> 'PAID' AND NOT kept ORDER BY expired_at LIMIT 1";
const SESSIONS: &str = "SELECT ends_at FROM sessions ORDER BY ends_at LIMIT 1";
const USERS: &str = "SELECT created_at FROM users WHERE name IS NOT NULL AND NOT kept ORDER BY created_at LIMIT 1";

/// All of the statements.
#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 6] = [KEYS, LOG, RESERVATIONS, TOKENS, SESSIONS, USERS];

impl PostgresStore {
    /// Returns how long the oldest row of `what` is past its retention.
    pub(super) async fn measure_backlog(&self, what: Prunable) -> Result<Duration, Error> {
        let (sql, end) = match what {
            Prunable::Keys => (KEYS, self.clock().now()),
            Prunable::Log { before, unread_before } => {
                // As in pruning: only groups with a position are found.
                self.place_events().await?;
                let first = self.commands.within(sqlx::query(LOG).fetch_optional(&self.commands.pool)).await?;
                let Some(first) = first else { return Ok(Duration::ZERO) };
                let end = if first.try_get("is_read")? { before } else { unread_before };
                return Ok(past(first.try_get("at")?, end));
            }
            Prunable::Reservations { before } => (RESERVATIONS, before),
            Prunable::Tokens { before } => (TOKENS, before),
            Prunable::Sessions { before } => (SESSIONS, before),
            Prunable::Users { before } => (USERS, before),
        };
        let oldest = sqlx::query_scalar::<_, i64>(sql).fetch_optional(&self.commands.pool);
        Ok(self.commands.within(oldest).await?.map_or(Duration::ZERO, |oldest| past(oldest, end)))
    }
}
