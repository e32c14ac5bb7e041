//! Rows of the event log: the events of the changes of a group, and the rows that read models are made of, both as JSON.

use std::collections::BTreeMap;

use application::RandomIds;
use application::ports::{Ids as _, LogExtent, LogPage, LogReader, LoggedEvent, Position, ReaderName};
use domain::{Change, Event, EventId, LoggedRow, NewToken, Version};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{concert, fact, queue, schedule, seat, token};
use crate::corrupt::Corrupt;
use crate::instant::instant;

const TABLE: &str = "event_log";

/// The log entry of a group.
#[derive(Debug, Default)]
pub struct Entry {
    events: Vec<EventRecord>,
    rows: RowRecords,
}

#[derive(Debug, Serialize, Deserialize)]
struct EventRecord {
    id: Uuid,
    /// The version of the subject.
    version: i64,
    fact: fact::Record,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct RowRecords {
    /// New tokens, numbered within the group if the entry is stored together with the previous last number of each queue.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    new_tokens: Vec<token::Model>,
    /// Rows of tokens, with the token's digest as the id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<token::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    seats: Vec<seat::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    queues: Vec<queue::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    concerts: Vec<concert::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    schedules: Vec<schedule::Model>,
}

impl Entry {
    /// Adds the events and rows of `change`; `number` is the number of its join.
    pub fn add(&mut self, change: &Change, number: Option<u64>) {
        self.events.extend(change.events.iter().map(|event| EventRecord {
            id: RandomIds.ordered(),
            version: event.version.0,
            fact: (&event.fact).into(),
        }));
        let is_new = change.row::<NewToken>().is_some();
        for row in change.logged(number) {
            match row {
                LoggedRow::Token(token) if is_new && token.version == Version::FIRST => self.rows.new_tokens.push((&token).into()),
                LoggedRow::Token(token) => self.rows.tokens.push((&token).into()),
                LoggedRow::Seat(seat) => self.rows.seats.push((&seat).into()),
                LoggedRow::Queue(queue) => self.rows.queues.push((&queue).into()),
                LoggedRow::Concert(concert) => self.rows.concerts.push((&concert).into()),
                LoggedRow::Schedule(schedule) => self.rows.schedules.push((&schedule).into()),
            }
        }
    }

    /// Whether there are neither events nor rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let RowRecords { new_tokens, tokens, seats, queues, concerts, schedules } = &self.rows;
        let has_tokens = !new_tokens.is_empty() || !tokens.is_empty();
        let has_catalogue = !queues.is_empty() || !concerts.is_empty() || !schedules.is_empty();
        self.events.is_empty() && seats.is_empty() && !has_tokens && !has_catalogue
    }

    /// Whether there are events.
    #[must_use]
    pub const fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Returns the number of positions that it takes: one per event, and one if there are none.
    #[must_use]
    pub fn positions(&self) -> i64 {
        i64::try_from(self.events.len()).unwrap_or(i64::MAX).max(1)
    }

    /// Returns the events as JSON.
    pub fn events(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.events)
    }

    /// Returns the rows as JSON.
    pub fn rows(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.rows)
    }
}

/// The extent of the log.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::FromQueryResult))]
pub struct Extent {
    pub start_position: i64,
    pub end_position: i64,
}

/// A group's events.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::FromQueryResult))]
pub struct Events {
    /// The position of the last event.
    pub position: i64,
    pub at: i64,
    pub events: String,
}

/// A reader of the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::FromQueryResult))]
pub struct Reader {
    pub name: String,
    pub position: i64,
    pub moved_at: i64,
}

impl Extent {
    /// Whether a reader can continue after `position`.
    #[must_use]
    pub fn has(self, position: Position) -> bool {
        (self.start_position..=self.end_position).contains(&number(position))
    }

    /// Returns the page of `items` that were read after `after`; `last` is the position of the last group in it.
    pub fn page<T>(self, items: Vec<T>, after: Position, last: Option<i64>) -> LogPage<T> {
        LogPage { items, position: last.map_or(after, position), end: position(self.end_position) }
    }
}

impl From<Extent> for LogExtent {
    fn from(extent: Extent) -> Self {
        Self { start: position(extent.start_position), end: position(extent.end_position) }
    }
}

/// Returns a position as the database's integer.
#[must_use]
pub fn number(position: Position) -> i64 {
    i64::try_from(position.0).unwrap_or(i64::MAX)
}

const fn position(number: i64) -> Position {
    Position(number.unsigned_abs())
}

impl Events {
    /// Returns its events after `after`.
    pub fn after(&self, after: Position) -> Result<Vec<LoggedEvent>, Corrupt> {
        let records: Vec<EventRecord> = serde_json::from_str(&self.events).map_err(|_| Corrupt::new(TABLE, "events"))?;
        let at = instant(self.at, TABLE, "at")?;
        let first = position(self.position).0 + 1 - u64::try_from(records.len()).unwrap_or_default();
        let events = (first..).zip(records).filter(|(position, _)| *position > after.0);
        events
            .map(|(position, EventRecord { id, version, fact })| {
                let event = Event { version: Version(version), fact: fact.try_into()? };
                Ok(LoggedEvent { position: Position(position), id: EventId(id), at, event })
            })
            .collect()
    }
}

/// Returns the rows in `text`. `before` is the last number of each queue before the group.
pub fn rows(text: &str, before: &BTreeMap<Uuid, i64>) -> Result<Vec<LoggedRow>, Corrupt> {
    let records: RowRecords = serde_json::from_str(text).map_err(|_| Corrupt::new(TABLE, "rows"))?;
    let new_tokens = records.new_tokens.into_iter().map(|mut token| {
        token.number += before.get(&token.queue_id).copied().unwrap_or_default();
        token
    });
    let tokens = new_tokens.chain(records.tokens).map(|token| Ok(LoggedRow::Token(token.try_into()?)));
    let seats = records.seats.into_iter().map(|seat| Ok(LoggedRow::Seat(seat.try_into()?)));
    let queues = records.queues.into_iter().map(|queue| Ok(LoggedRow::Queue(queue.try_into()?)));
    let concerts = records.concerts.into_iter().map(|concert| Ok(LoggedRow::Concert(concert.try_into()?)));
    let schedules = records.schedules.into_iter().map(|schedule| Ok(LoggedRow::Schedule(schedule.try_into()?)));
    tokens.chain(seats).chain(queues).chain(concerts).chain(schedules).collect()
}

impl TryFrom<Reader> for LogReader {
    type Error = Corrupt;

    fn try_from(row: Reader) -> Result<Self, Corrupt> {
        let name = ReaderName::new(&row.name).map_err(|_| Corrupt::new("log_readers", "name"))?;
        Ok(Self { name, position: position(row.position), moved_at: instant(row.moved_at, "log_readers", "moved_at")? })
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::{a_concert, a_schedule};
    use domain::{Fact, UserId, Write};

    use super::*;

    #[test]
    fn a_fact_is_stored_under_its_event_type() {
        let fact = Fact::UserRegistered { user: UserId(Uuid::from_u128(1)) };
        let json = serde_json::to_value(fact::Record::from(&fact)).unwrap();
        assert_eq!(json["type"], fact.name());
        for name in Fact::NAMES {
            let unknown = serde_json::from_value::<fact::Record>(serde_json::json!({ "type": name })).map_err(|error| error.to_string());
            assert!(!unknown.is_err_and(|error| error.contains("unknown variant")), "{name}");
        }
    }

    #[test]
    fn positions_of_events_end_at_the_position_of_their_group() {
        let mut entry = Entry::default();
        let fact = |user| Fact::UserRegistered { user: UserId(Uuid::from_u128(user)) };
        let change = Change { events: [1, 2, 3].map(|user| fact(user).at(Version::FIRST)).into(), ..Change::default() };
        entry.add(&change, None);
        assert_eq!((entry.positions(), Entry::default().positions()), (3, 1));
        let row = Events { position: 12, at: 0, events: entry.events().unwrap() };
        let positions = |after| row.after(Position(after)).unwrap().iter().map(|event| event.position.0).collect::<Vec<_>>();
        assert_eq!([positions(0), positions(10), positions(12)], [vec![10, 11, 12], vec![11, 12], vec![]]);
        assert_eq!(row.after(Position(0)).unwrap().remove(2).event.fact, fact(3));
    }

    #[test]
    fn an_invalid_entry_is_reported_with_its_column() {
        let corrupt = |events: &str| Events { position: 1, at: 0, events: events.to_owned() }.after(Position(0)).unwrap_err();
        assert_eq!(corrupt("nonsense"), Corrupt::new(TABLE, "events"));
        let expired = r#"[{"id":"00000000-0000-0000-0000-000000000001","version":1,"fact":{"type":"wallet.charged","user_id":"00000000-0000-0000-0000-000000000001","amount":-1,"balance":1}}]"#;
        assert_eq!(corrupt(expired), Corrupt::new(TABLE, "amount"));
        assert_eq!(rows("nonsense", &BTreeMap::new()).unwrap_err(), Corrupt::new(TABLE, "rows"));
    }

    #[test]
    fn concerts_and_schedules_are_read_as_written_and_may_be_missing() {
        let (concert, schedule) = (a_concert(), a_schedule());
        let change = Change::default().writing(Write::update(&concert, concert.row.clone())).writing(Write::insert(schedule.row.clone()));
        let mut entry = Entry::default();
        entry.add(&change, None);
        assert!(!entry.is_empty());
        let logged: Vec<_> = change.logged(None).collect();
        assert_eq!(rows(&entry.rows().unwrap(), &BTreeMap::new()).unwrap(), logged);
        assert_eq!(logged.len(), 2);
        assert_eq!(rows(r#"{"seats":[]}"#, &BTreeMap::new()).unwrap(), [], "a row of an earlier release");
    }
}
