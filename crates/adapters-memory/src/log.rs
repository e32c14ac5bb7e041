//! The event log: the events of each change, at positions that count from 1.

use std::collections::{BTreeMap, VecDeque};

use application::RandomIds;
use application::ports::{Ids, Log, LogExtent, LogPage, LogReader, LoggedEvent, MAX_READERS, Position, ReadError, ReaderName};
use async_trait::async_trait;
use domain::{Event, EventId, LoggedRow};
use time::OffsetDateTime;

use crate::MemoryStore;
use crate::load::limit;

/// What has happened, and who reads it.
#[derive(Debug, Default)]
pub(crate) struct EventLog {
    /// Those that aren't deleted, the oldest first.
    events: VecDeque<LoggedEvent>,
    /// The last position.
    end: u64,
    readers: BTreeMap<ReaderName, LogReader>,
}

impl EventLog {
    /// Adds what has happened at `now`.
    pub(crate) fn append(&mut self, events: &[Event], now: OffsetDateTime) {
        for event in events {
            self.end += 1;
            let id = EventId(RandomIds.ordered());
            self.events.push_back(LoggedEvent { position: Position(self.end), id, at: now, event: event.clone() });
        }
    }

    fn extent(&self) -> LogExtent {
        let deleted = self.end - u64::try_from(self.events.len()).unwrap_or(self.end);
        LogExtent { start: Position(deleted), end: Position(self.end) }
    }

    /// Deletes the first events: those before one instant that all readers have passed, and those before the other.
    pub(crate) fn prune(&mut self, before: OffsetDateTime, unread_before: OffsetDateTime, at_most: usize) -> u64 {
        let passed = self.readers.values().map(|reader| reader.position).min();
        let is_old = |event: &LoggedEvent| {
            let is_read = passed.is_none_or(|passed| event.position <= passed);
            event.at < if is_read { before } else { unread_before }
        };
        let old = self.events.iter().take(at_most).take_while(|event| is_old(event)).count();
        self.events.drain(..old);
        u64::try_from(old).unwrap_or(u64::MAX)
    }
}

#[async_trait]
impl Log for MemoryStore {
    async fn extent(&self) -> Result<LogExtent, ReadError> {
        Ok(self.state().log.extent())
    }

    async fn events(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedEvent>>, ReadError> {
        let state = self.state();
        let LogExtent { start, end } = state.log.extent();
        if !(start..=end).contains(&after) {
            return Ok(None);
        }
        let passed = usize::try_from(after.0 - start.0).unwrap_or(usize::MAX);
        let items: Vec<_> = state.log.events.iter().skip(passed).take(limit(at_most)).cloned().collect();
        let position = items.last().map_or(end, |event| event.position);
        Ok(Some(LogPage { items, position, end }))
    }

    /// Nobody follows it.
    async fn rows(&self, _: Position, _: u32) -> Result<Option<LogPage<LoggedRow>>, ReadError> {
        let end = self.state().log.extent().end;
        Ok(Some(LogPage { items: Vec::new(), position: end, end }))
    }

    async fn readers(&self) -> Result<Vec<LogReader>, ReadError> {
        Ok(self.state().log.readers.values().cloned().collect())
    }

    async fn keep_reader(&self, name: &ReaderName, position: Position) -> Result<bool, ReadError> {
        let moved_at = self.clock().now();
        let readers = &mut self.state().log.readers;
        if !readers.contains_key(name) && readers.len() >= limit(MAX_READERS) {
            return Ok(false);
        }
        readers.insert(name.clone(), LogReader { name: name.clone(), position, moved_at });
        Ok(true)
    }

    async fn forget_reader(&self, name: &ReaderName) -> Result<bool, ReadError> {
        Ok(self.state().log.readers.remove(name).is_some())
    }
}
