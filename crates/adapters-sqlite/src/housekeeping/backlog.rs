//! Measures how far rows are past their retention, by the first row of an index.

use std::time::Duration;

use adapters_sql::past;
use application::ports::Prunable;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use time::OffsetDateTime;

use crate::statement::find;
use crate::statements::{key, log, reservation, session, token, user};

/// The instant by which the first row is pruned.
#[derive(FromQueryResult)]
struct Oldest {
    at: i64,
}

/// The first group of the log.
#[derive(FromQueryResult)]
struct First {
    at: i64,
    is_read: bool,
}

/// Returns how long the oldest row of `what` is past its retention.
pub(super) async fn measure(db: &impl ConnectionTrait, what: Prunable, now: OffsetDateTime) -> Result<Duration, DbErr> {
    let (sql, end) = match what {
        Prunable::Keys => (key::OLDEST, now),
        Prunable::Log { before, unread_before } => {
            let first = find::<First>(db, log::FIRST, []).await?;
            let backlog = |first: &First| past(first.at, if first.is_read { before } else { unread_before });
            return Ok(first.first().map_or(Duration::ZERO, backlog));
        }
        Prunable::Reservations { before } => (reservation::OLDEST_UNPAID, before),
        Prunable::Tokens { before } => (token::OLDEST_ENDED, before),
        Prunable::Sessions { before } => (session::OLDEST, before),
        Prunable::Users { before } => (user::OLDEST_UNCHECKED, before),
    };
    let oldest = find::<Oldest>(db, sql, []).await?;
    Ok(oldest.first().map_or(Duration::ZERO, |oldest| past(oldest.at, end)))
}
