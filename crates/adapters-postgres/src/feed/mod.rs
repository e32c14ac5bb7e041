//! The change feed: a row a commit, naming the tokens and seats that it wrote.
//!
//! A position is a snapshot: the transactions that could be seen. What is news after it is what can be seen now and couldn't
//! then, so that a commit is told of once, however long it took and whatever others did meanwhile. In the same way rows are deleted: those that
//! could be seen in a snapshot of a minute ago. After a crash of the server ids of transactions may be given again: then the feed is lost.

mod snapshots;

use std::collections::BTreeSet;

use adapters_sql::all;
use adapters_sql::rows::{seat, token};
use application::ports::{Feed, FeedPosition, News, Pruned, ReadError, Whose};
use async_trait::async_trait;
use sea_orm::sqlx::postgres::PgRow;
use sea_orm::sqlx::{self, Error, Row};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::PostgresStore;
use crate::error::read_error;
use crate::housekeeping::pruned;
use crate::load::content;

use snapshots::Snapshot;
pub(crate) use snapshots::Snapshots;

/// Deletes so many rows ($3) that could be seen in a snapshot ($1) of the server that started then ($2).
pub(crate) const PRUNE: &str = "
    WITH old AS MATERIALIZED (
        SELECT ctid AS place FROM feed
        WHERE xid < pg_snapshot_xmax($1::text::pg_snapshot) AND pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
          AND pg_postmaster_start_time()::text = $2::text
        ORDER BY xid LIMIT $3::bigint FOR UPDATE SKIP LOCKED)
    DELETE FROM feed f USING old WHERE f.ctid = old.place";
/// A reader whose position is older is lost: sooner than rows are deleted that became visible after it.
const LOST_AFTER_MICROS: i64 = 50 * 1_000_000;
/// More commits than this are not followed one by one.
const AT_MOST: i64 = 20_000;
/// So many rows are read at once.
const CHUNK: usize = 5_000;

const POSITION: &str =
    "SELECT clock_micros() AS at, pg_current_snapshot()::text AS snapshot, pg_postmaster_start_time()::text AS server_start";
pub(crate) const SINCE: &str = "
    SELECT clock_micros() AS at, pg_current_snapshot()::text AS snapshot, pg_postmaster_start_time()::text AS server_start,
           NULL::uuid[] AS tokens, NULL::uuid[] AS schedule_ids, NULL::bigint[] AS numbers
    UNION ALL
    (SELECT NULL, NULL, NULL, f.tokens, f.schedule_ids, f.numbers FROM feed f
     WHERE f.xid >= pg_snapshot_xmin($1::text::pg_snapshot) AND NOT pg_visible_in_snapshot(f.xid, $1::text::pg_snapshot)
       AND ($2::boolean OR f.instance <> $3::uuid)
     LIMIT $4::bigint)";
pub(crate) const TOKENS: &str = "SELECT row_to_json(t)::text AS content FROM unnest($1::uuid[]) k (id) JOIN queue_tokens t ON t.id = k.id";
pub(crate) const SEATS: &str = "
    SELECT row_to_json(s)::text AS content FROM unnest($1::uuid[], $2::bigint[]) k (schedule_id, number)
    JOIN seats s ON s.schedule_id = k.schedule_id AND s.number = k.number";

#[async_trait]
impl Feed for PostgresStore {
    async fn position(&self) -> Result<FeedPosition, ReadError> {
        Ok(self.snapshot().await.map_err(read_error)?.into())
    }

    async fn since(&self, position: &FeedPosition, whose: Whose) -> Result<Option<(News, FeedPosition)>, ReadError> {
        let (store, position) = (self.clone(), position.clone());
        let read = tokio::spawn(async move { store.read_since(&position, whose).await }).await;
        read.map_err(|error| ReadError::Unavailable(Box::new(error)))?
    }
}

impl PostgresStore {
    async fn snapshot(&self) -> Result<Snapshot, Error> {
        let row = self.commands.within(sqlx::query(POSITION).fetch_one(&self.commands.pool)).await?;
        Snapshot::try_from(&row)
    }

    /// Deletes rows that every reader has passed, or was lost before.
    pub(crate) async fn prune_feed(&self, at_most: i64) -> Result<Pruned, Error> {
        let Some(Snapshot { seen, server_start, .. }) = self.snapshots.pass(self.snapshot().await?) else { return Ok(Pruned::default()) };
        let query = sqlx::query(PRUNE).bind(seen).bind(server_start).bind(at_most);
        let rows = self.commands.within(query.execute(&self.commands.pool)).await?.rows_affected();
        Ok(pruned(rows, rows, at_most))
    }

    async fn read_since(&self, since: &FeedPosition, whose: Whose) -> Result<Option<(News, FeedPosition)>, ReadError> {
        let unreadable = || ReadError::Corrupt("a feed's position".to_owned());
        let [read_at, snapshot, start] = since.0.split('@').collect::<Vec<_>>().try_into().map_err(|_| unreadable())?;
        let query = sqlx::query(SINCE).bind(snapshot).bind(whose == Whose::Everybodys).bind(self.names.next()).bind(AT_MOST);
        let rows = self.commands.within(query.fetch_all(&self.commands.pool)).await.map_err(read_error)?;
        let Some((first, groups)) = rows.split_first() else { return Ok(None) };
        let next = Snapshot::try_from(first).map_err(read_error)?;
        let is_old = read_at.parse::<i64>().is_ok_and(|read_at| next.at - read_at > LOST_AFTER_MICROS);
        let restarted = next.server_start != start;
        if is_old || restarted || i64::try_from(groups.len()).is_ok_and(|groups| groups >= AT_MOST) {
            return Ok(None);
        }
        let news = self.news(groups).await?;
        Ok(Some((news, next.into())))
    }

    /// The rows that `groups` name, as they are by now.
    async fn news(&self, groups: &[PgRow]) -> Result<News, ReadError> {
        let (mut tokens, mut seats) = (BTreeSet::new(), BTreeSet::new());
        for group in groups {
            tokens.extend(group.try_get::<Vec<Uuid>, _>("tokens").map_err(read_error)?);
            let schedules: Vec<Uuid> = group.try_get("schedule_ids").map_err(read_error)?;
            let numbers: Vec<i64> = group.try_get("numbers").map_err(read_error)?;
            seats.extend(schedules.into_iter().zip(numbers));
        }
        let (tokens, seats): (Vec<Uuid>, Vec<(Uuid, i64)>) = (tokens.into_iter().collect(), seats.into_iter().collect());
        let mut news = News::default();
        for some in tokens.chunks(CHUNK) {
            let query = sqlx::query(TOKENS).bind(some);
            let rows = self.commands.within(query.fetch_all(&self.commands.pool)).await.map_err(read_error)?;
            news.tokens.extend(all(contents::<token::Model>(&rows)?)?);
        }
        for some in seats.chunks(CHUNK) {
            let (schedules, numbers): (Vec<Uuid>, Vec<i64>) = some.iter().copied().unzip();
            let query = sqlx::query(SEATS).bind(schedules).bind(numbers);
            let rows = self.commands.within(query.fetch_all(&self.commands.pool)).await.map_err(read_error)?;
            news.seats.extend(all(contents::<seat::Model>(&rows)?)?);
        }
        Ok(news)
    }
}

impl TryFrom<&PgRow> for Snapshot {
    type Error = Error;

    fn try_from(row: &PgRow) -> Result<Self, Error> {
        Ok(Self { at: row.try_get("at")?, seen: row.try_get("snapshot")?, server_start: row.try_get("server_start")? })
    }
}

impl From<Snapshot> for FeedPosition {
    fn from(Snapshot { at, seen, server_start }: Snapshot) -> Self {
        Self(format!("{at}@{seen}@{server_start}"))
    }
}

fn contents<R: DeserializeOwned>(rows: &[PgRow]) -> Result<Vec<R>, ReadError> {
    rows.iter().map(content).collect()
}

#[cfg(test)]
mod tests;
