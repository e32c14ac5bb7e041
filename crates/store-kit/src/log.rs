//! The event log: the events of each change, at positions that count from 1.

use std::time::Duration;

use application::RandomIds;
use application::ports::{Ids as _, LogExtent, LogPage, LogReader, LoggedEvent, MAX_READERS, Position, ReaderName};
use domain::{Event, EventId, Version};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::draft::Draft;
use crate::engine::Order::Ascending;
use crate::fault::Fault;
use crate::instant::{instant, micros, past};
use crate::key::{Key, Kind};
use crate::needs::limit;
use crate::rows::fact;
use crate::rows::log::Reader;
use crate::view::View;

/// The name of the value that holds the last position of the log.
const END: &str = "log-end";

/// An event as it is stored, under its position.
#[derive(Serialize, Deserialize)]
struct Row {
    position: u64,
    id: Uuid,
    at: i64,
    /// The version of the subject.
    version: i64,
    fact: fact::Record,
}

/// The members of a row that pruning reads: the event itself may have a type that is no longer known.
#[derive(Deserialize)]
struct Dated {
    position: u64,
    at: i64,
}

impl TryFrom<Row> for LoggedEvent {
    type Error = Corrupt;

    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let event = Event { version: Version(row.version), fact: row.fact.try_into()? };
        Ok(Self { position: Position(row.position), id: EventId(row.id), at: instant(row.at, "event_log", "at")?, event })
    }
}

fn end() -> Key {
    Key::of(Kind::Own).text(END)
}

fn event(position: u64) -> Key {
    Key::of(Kind::Event).number(position)
}

fn reader(name: &str) -> Key {
    Key::of(Kind::LogReader).text(name)
}

pub(crate) fn extent(view: View<'_>) -> Result<LogExtent, Fault> {
    let end = view.value(&end())?.unwrap_or_default();
    let first = view.values::<Dated>(Key::of(Kind::Event).all(), Ascending)?.next().transpose()?;
    let start = first.map_or(end, |first| first.position - 1);
    Ok(LogExtent { start: Position(start), end: Position(end) })
}

pub(crate) fn events(view: View<'_>, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedEvent>>, Fault> {
    let LogExtent { start, end } = extent(view)?;
    if !(start..=end).contains(&after) {
        return Ok(None);
    }
    let later = event(after.0.saturating_add(1))..Key::of(Kind::Event).after_all();
    let rows = view.values::<Row>(later, Ascending)?.take(limit(at_most));
    let items = rows.map(|row| Ok(LoggedEvent::try_from(row?)?)).collect::<Result<Vec<_>, Fault>>()?;
    let position = items.last().map_or(end, |event| event.position);
    Ok(Some(LogPage { items, position, end }))
}

pub(crate) fn readers(view: View<'_>) -> Result<Vec<LogReader>, Fault> {
    view.values::<Reader>(Key::of(Kind::LogReader).all(), Ascending)?.map(|row| Ok(row?.try_into()?)).collect()
}

/// Returns how long the first event is past its retention: `before` if all readers have passed it, otherwise `unread_before`.
pub(crate) fn backlog(view: View<'_>, before: OffsetDateTime, unread_before: OffsetDateTime) -> Result<Duration, Fault> {
    let Some(first) = view.values::<Dated>(Key::of(Kind::Event).all(), Ascending)?.next().transpose()? else { return Ok(Duration::ZERO) };
    let is_read = readers(view)?.iter().all(|reader| first.position <= reader.position.0);
    Ok(past(first.at, if is_read { before } else { unread_before }))
}

impl Draft<'_> {
    /// Adds `events` at `now`.
    pub(crate) fn log(&mut self, events: &[Event], now: OffsetDateTime) -> Result<(), Fault> {
        if events.is_empty() {
            return Ok(());
        }
        let mut position: u64 = self.view().value(&end())?.unwrap_or_default();
        for Event { version, fact } in events {
            position += 1;
            let row = Row { position, id: RandomIds.ordered(), at: micros(now), version: version.0, fact: fact.into() };
            self.set(&event(position), &row)?;
        }
        self.set(&end(), &position)
    }

    /// Saves the position of a reader; returns false if there are too many readers.
    pub(crate) fn keep_reader(&mut self, name: &ReaderName, position: Position, now: OffsetDateTime) -> Result<bool, Fault> {
        let key = reader(name.as_str());
        let readers = self.view().entries(Key::of(Kind::LogReader).all(), Ascending)?.count();
        if readers >= limit(MAX_READERS) && !self.view().has(&key)? {
            return Ok(false);
        }
        let position = i64::try_from(position.0).unwrap_or(i64::MAX);
        self.set(&key, &Reader { name: name.as_str().to_owned(), position, moved_at: micros(now) })?;
        Ok(true)
    }

    /// Deletes a reader; returns whether it existed.
    pub(crate) fn forget_reader(&mut self, name: &ReaderName) -> Result<bool, Fault> {
        let key = reader(name.as_str());
        let was_there = self.view().has(&key)?;
        self.take(&key)?;
        Ok(was_there)
    }

    /// Deletes the oldest events and returns how many: those earlier than `before` that all readers have passed, and all earlier than
    /// `unread_before`.
    pub(crate) fn prune_log(&mut self, before: OffsetDateTime, unread_before: OffsetDateTime, at_most: u32) -> Result<u64, Fault> {
        let passed = readers(self.view())?.iter().map(|reader| reader.position).min();
        let (mut old, mut positions) = (0, Vec::new());
        for row in self.view().values::<Dated>(Key::of(Kind::Event).all(), Ascending)?.take(limit(at_most)) {
            let row = row?;
            let is_read = passed.is_none_or(|passed| row.position <= passed.0);
            if row.at >= micros(if is_read { before } else { unread_before }) {
                break;
            }
            old += 1;
            positions.push(row.position);
        }
        positions.into_iter().try_for_each(|position| self.take(&event(position)))?;
        Ok(old)
    }
}
