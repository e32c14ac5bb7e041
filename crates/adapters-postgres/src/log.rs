//! The event log. A commit writes its row without positions; the next reader assigns them, in the order in which commits became visible
//! (see the migration `0010_event_log`). So readers do not wait for open transactions, and a position never changes its meaning.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use adapters_sql::rows::log::{self, Events, Extent, Reader, number};
use adapters_sql::{all, micros};
use application::ports::{Log, LogExtent, LogPage, LogReader, LoggedEvent, MAX_READERS, Position, Pruned, ReadError, ReaderName};
use async_trait::async_trait;
use domain::LoggedRow;
use sea_orm::sqlx::postgres::{PgArguments, PgRow};
use sea_orm::sqlx::query::Query;
use sea_orm::sqlx::{self, Error, Postgres, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::PostgresStore;
use crate::error::read_error;
use crate::housekeeping::pruned;

/// The maximum number of rows that get positions at once.
const MAX_PLACED: i64 = 10_000;
/// A page ends with the group whose rows reach this number of bytes.
const PAGE_BYTES: i64 = 4 * 1024 * 1024;

/// Whether there are commits without positions.
macro_rules! is_unplaced {
    () => {
        "(SELECT EXISTS (SELECT FROM unplaced_events(x.placed)) FROM log_extent x) AS is_unplaced"
    };
}

pub(crate) const PLACE: &str = "SELECT place_events($1::bigint, $2::boolean)";
pub(crate) const EXTENT: &str = concat!("SELECT e.start_position, e.end_position, ", is_unplaced!(), " FROM log_extent e");
/// The groups with one of the next positions ($2) after a position ($1), each with the extent of the log.
pub(crate) const EVENTS: &str = concat!(
    "SELECT e.start_position, e.end_position, ",
    is_unplaced!(),
    ", l.position, l.at, l.events
    FROM log_extent e
    LEFT JOIN (SELECT position, positions, at, events FROM event_log WHERE position > $1::bigint ORDER BY position LIMIT $2::bigint) l
        ON l.position - l.positions < $1::bigint + $2::bigint
    ORDER BY l.position"
);
/// Groups after a position ($1), with a limit ($2), with their rows, as long as the groups before them have fewer bytes ($3), each with
/// the extent of the log.
pub(crate) const ROWS: &str = concat!(
    "SELECT e.start_position, e.end_position, ",
    is_unplaced!(),
    ", l.position, l.rows, l.queues, l.numbers
    FROM log_extent e
    LEFT JOIN (
        SELECT position, rows, queues, numbers, sum(octet_length(rows)) OVER (ORDER BY position) - octet_length(rows) AS bytes_before
        FROM (SELECT position, rows, queues, numbers FROM event_log WHERE position > $1::bigint ORDER BY position LIMIT $2::bigint) n) l
        ON l.bytes_before < $3::bigint
    ORDER BY l.position"
);
/// Deletes some of the first groups ($3): those before an instant ($1) that all readers have passed, and those before another ($2).
pub(crate) const PRUNE: &str = "
    WITH first AS MATERIALIZED (
        SELECT ctid AS place, position, at FROM event_log
        WHERE position > (SELECT start_position FROM log_extent) ORDER BY position LIMIT $3::bigint),
    passed AS MATERIALIZED (SELECT coalesce(min(position), 9223372036854775807) AS position FROM log_readers),
    kept AS MATERIALIZED (
        SELECT coalesce(min(first.position), 9223372036854775807) AS position FROM first, passed
        WHERE first.at >= CASE WHEN first.position <= passed.position THEN $1::bigint ELSE $2::bigint END),
    old AS MATERIALIZED (SELECT first.place, first.position FROM first, kept WHERE first.position < kept.position),
    moved AS (
        UPDATE log_extent SET start_position = greatest(start_position, last.position)
        FROM (SELECT max(position) AS position FROM old) last WHERE last.position IS NOT NULL)
    DELETE FROM event_log l USING old WHERE l.ctid = old.place";

pub(crate) const READERS: &str = "SELECT name, position, moved_at FROM log_readers ORDER BY name COLLATE \"C\"";
/// Saves the position ($2) of a reader ($1) at an instant ($3, or now), if it is known or there are fewer readers than a limit ($4).
pub(crate) const KEEP_READER: &str = "SELECT keep_log_reader($1::text, $2::bigint, coalesce($3::bigint, clock_micros()), $4::bigint)";
pub(crate) const FORGET_READER: &str = "DELETE FROM log_readers WHERE name = $1::text";

/// The result of a query: the extent, and one group per row, if there are any.
struct Found {
    extent: Extent,
    groups: Vec<PgRow>,
}

impl Found {
    /// Returns the position up to which it reads.
    fn last_position(&self, after: Option<Position>) -> Result<i64, Error> {
        let Some(after) = after else { return Ok(self.extent.end_position) };
        let last = self.groups.last().map(|group| group.try_get::<Option<i64>, _>("position")).transpose()?;
        Ok(last.flatten().unwrap_or_else(|| number(after)))
    }
}

#[async_trait]
impl Log for PostgresStore {
    async fn extent(&self) -> Result<LogExtent, ReadError> {
        let found = self.read_log(None, || sqlx::query(EXTENT)).await.map_err(read_error)?;
        Ok(found.extent.into())
    }

    async fn events(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedEvent>>, ReadError> {
        let query = || sqlx::query(EVENTS).bind(number(after)).bind(i64::from(at_most));
        let Found { extent, groups } = self.read_log(Some(after), query).await.map_err(read_error)?;
        if !extent.has(after) {
            return Ok(None);
        }
        let (mut events, mut last) = (Vec::new(), None);
        for group in &groups {
            let Some(position) = group.try_get("position").map_err(read_error)? else { continue };
            let (at, text) = (group.try_get("at").map_err(read_error)?, group.try_get("events").map_err(read_error)?);
            events.extend(Events { position, at, events: text }.after(after)?);
            last = Some(position);
        }
        Ok(Some(extent.page(events, after, last)))
    }

    async fn rows(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedRow>>, ReadError> {
        let query = || sqlx::query(ROWS).bind(number(after)).bind(i64::from(at_most)).bind(PAGE_BYTES);
        let Found { extent, groups } = self.read_log(Some(after), query).await.map_err(read_error)?;
        if !extent.has(after) {
            return Ok(None);
        }
        let (mut rows, mut last) = (Vec::new(), None);
        for group in &groups {
            let Some(position) = group.try_get::<Option<i64>, _>("position").map_err(read_error)? else { continue };
            rows.extend(log::rows(group.try_get("rows").map_err(read_error)?, &last_numbers_before(group).map_err(read_error)?)?);
            last = Some(position);
        }
        Ok(Some(extent.page(rows, after, last)))
    }

    async fn readers(&self) -> Result<Vec<LogReader>, ReadError> {
        let query = sqlx::query(READERS);
        let rows = self.commands.within(query.fetch_all(&self.commands.pool)).await.map_err(read_error)?;
        let reader = |row: &PgRow| -> Result<Reader, Error> {
            Ok(Reader { name: row.try_get("name")?, position: row.try_get("position")?, moved_at: row.try_get("moved_at")? })
        };
        all(rows.iter().map(reader).collect::<Result<_, _>>().map_err(read_error)?)
    }

    async fn keep_reader(&self, name: &ReaderName, position: Position) -> Result<bool, ReadError> {
        let query = sqlx::query_scalar(KEEP_READER).bind(name.as_str()).bind(number(position));
        let query = query.bind(self.given_now().map(micros)).bind(i64::from(MAX_READERS));
        self.commands.within(query.fetch_one(&self.commands.pool)).await.map_err(read_error)
    }

    async fn forget_reader(&self, name: &ReaderName) -> Result<bool, ReadError> {
        let query = sqlx::query(FORGET_READER).bind(name.as_str());
        let forgotten = self.commands.within(query.execute(&self.commands.pool)).await.map_err(read_error)?;
        Ok(forgotten.rows_affected() > 0)
    }
}

impl PostgresStore {
    /// Returns the result of `query` after `after`. If that reaches the end of the log, and there are commits without positions, positions
    /// are assigned, and the query is repeated.
    async fn read_log<'q>(
        &self,
        after: Option<Position>,
        query: impl Fn() -> Query<'q, Postgres, PgArguments> + Send + Sync,
    ) -> Result<Found, Error> {
        let (found, is_unplaced) = self.find_in_log(query()).await?;
        let is_new_here = !self.has_placed.load(Ordering::Acquire);
        if !is_new_here && (!is_unplaced || found.last_position(after)? < found.extent.end_position) {
            return Ok(found);
        }
        self.place_events().await?;
        Ok(self.find_in_log(query()).await?.0)
    }

    /// Assigns positions to all visible commits that have none.
    pub(crate) async fn place_events(&self) -> Result<(), Error> {
        loop {
            let anew = !self.has_placed.load(Ordering::Acquire);
            let place = sqlx::query_scalar::<_, i64>(PLACE).bind(MAX_PLACED).bind(anew).fetch_one(&self.commands.pool);
            if self.commands.within(place).await? < MAX_PLACED {
                self.has_placed.store(true, Ordering::Release);
                return Ok(());
            }
        }
    }

    async fn find_in_log(&self, query: Query<'_, Postgres, PgArguments>) -> Result<(Found, bool), Error> {
        let groups = self.commands.within(query.fetch_all(&self.commands.pool)).await?;
        let first = groups.first().ok_or(Error::RowNotFound)?;
        let extent = Extent { start_position: first.try_get("start_position")?, end_position: first.try_get("end_position")? };
        let is_unplaced = first.try_get("is_unplaced")?;
        Ok((Found { extent, groups }, is_unplaced))
    }

    pub(crate) async fn prune_log(&self, before: OffsetDateTime, unread_before: OffsetDateTime, at_most: i64) -> Result<Pruned, Error> {
        // Events that were never read must be pruned, too.
        self.place_events().await?;
        let query = sqlx::query(PRUNE).bind(micros(before)).bind(micros(unread_before)).bind(at_most);
        let rows = self.commands.within(query.execute(&self.commands.pool)).await?.rows_affected();
        Ok(pruned(rows, rows, at_most))
    }
}

/// Returns the last number of each queue before a group.
fn last_numbers_before(group: &PgRow) -> Result<BTreeMap<Uuid, i64>, Error> {
    let (queues, numbers): (Option<Vec<Uuid>>, Option<Vec<i64>>) = (group.try_get("queues")?, group.try_get("numbers")?);
    Ok(queues.into_iter().flatten().zip(numbers.into_iter().flatten()).collect())
}
