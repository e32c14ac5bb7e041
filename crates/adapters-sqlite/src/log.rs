//! Reads the event log. The only writer of the file assigns the positions, so they are in commit order.

use adapters_sql::rows::log::{Events, Extent, Reader, number};
use adapters_sql::{all, micros, read_error};
use application::ports::{Log, LogExtent, LogPage, LogReader, LoggedEvent, MAX_READERS, Position, ReadError, ReaderName};
use async_trait::async_trait;
use domain::LoggedRow;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::SqliteStore;
use crate::statement::{find, statement};
use crate::statements::log;

/// The extent of the log, with the events of a group if there are any.
#[derive(FromQueryResult)]
struct Found {
    start_position: i64,
    end_position: i64,
    position: Option<i64>,
    at: Option<i64>,
    events: Option<String>,
}

#[async_trait]
impl Log for SqliteStore {
    async fn extent(&self) -> Result<LogExtent, ReadError> {
        Ok(self.log_extent().await?.into())
    }

    async fn events(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedEvent>>, ReadError> {
        let values = [number(after).into(), at_most.into()];
        let found = find::<Found>(&self.readers, log::EVENTS, values).await.map_err(read_error)?;
        let extent = found
            .first()
            .map(|Found { start_position, end_position, .. }| Extent { start_position: *start_position, end_position: *end_position });
        let Some(extent) = extent.filter(|extent| extent.has(after)) else { return Ok(None) };
        let (mut events, mut last) = (Vec::new(), None);
        for group in found {
            let Found { position: Some(position), at: Some(at), events: Some(text), .. } = group else { continue };
            last = Some(position);
            events.extend(Events { position, at, events: text }.after(after)?);
        }
        Ok(Some(extent.page(events, after, last)))
    }

    /// Unused: only one process serves a file, so there are no followers.
    async fn rows(&self, after: Position, _: u32) -> Result<Option<LogPage<LoggedRow>>, ReadError> {
        let extent = self.log_extent().await?;
        Ok(extent.has(after).then(|| extent.page(Vec::new(), after, Some(extent.end_position))))
    }

    async fn readers(&self) -> Result<Vec<LogReader>, ReadError> {
        all(find::<Reader>(&self.readers, log::READERS, []).await.map_err(read_error)?)
    }

    async fn keep_reader(&self, name: &ReaderName, position: Position) -> Result<bool, ReadError> {
        let now = micros(self.clock.now());
        self.changes_one(log::KEEP_READER, vec![name.as_str().into(), number(position).into(), now.into(), MAX_READERS.into()]).await
    }

    async fn forget_reader(&self, name: &ReaderName) -> Result<bool, ReadError> {
        self.changes_one(log::FORGET_READER, vec![name.as_str().into()]).await
    }
}

impl SqliteStore {
    async fn log_extent(&self) -> Result<Extent, ReadError> {
        let extent = find::<Extent>(&self.readers, log::EXTENT, []).await.map_err(read_error)?;
        extent.into_iter().next().ok_or_else(|| read_error(DbErr::RecordNotFound("log_extent".to_owned())))
    }

    /// Whether `sql` has changed a row. It runs to its end even if the caller stops waiting.
    async fn changes_one(&self, sql: &'static str, values: Vec<Value>) -> Result<bool, ReadError> {
        let writer = self.writer.clone();
        let task = tokio::spawn(async move { writer.execute_raw(statement(sql, values)).await });
        let changed = task.await.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)?;
        Ok(changed.rows_affected() > 0)
    }
}
