//! Reading of the event log, and its readers.

use std::sync::Arc;

use domain::Refusal;

use crate::Error;
use crate::ports::{Log, LogExtent, LogPage, LogReader, LoggedEvent, Position, ReaderName};

/// Reads the event log.
#[derive(Clone)]
pub struct ReadEvents {
    log: Arc<dyn Log>,
}

impl ReadEvents {
    /// Creates the use case over the log.
    pub fn new(log: Arc<dyn Log>) -> Self {
        Self { log }
    }

    /// Returns the next events after `after`, or from the start of the log, up to `at_most`.
    pub async fn page(&self, after: Option<Position>, at_most: u32) -> Result<LogPage<LoggedEvent>, Error> {
        let from = match after {
            Some(after) => after,
            None => self.log.extent().await?.start,
        };
        let mut page = self.log.events(from, at_most).await?;
        if page.is_none() {
            let LogExtent { start, end } = self.log.extent().await?;
            if after.is_some() {
                return Err(Refusal::PositionOutOfRange { start: start.0, end: end.0 }.into());
            }
            // The start of the log has moved meanwhile.
            page = self.log.events(start, at_most).await?;
        }
        let mut page = page.ok_or(Error::Unavailable)?;
        // Groups are returned completely: the rest of the last one is on the next page.
        if let Some(first_too_many) = page.items.get(usize::try_from(at_most).unwrap_or(usize::MAX)) {
            page.position = Position(first_too_many.position.0 - 1);
            page.items.retain(|event| event.position <= page.position);
        }
        Ok(page)
    }

    /// Returns all readers whose positions the store keeps, and the extent of the log.
    pub async fn readers(&self) -> Result<(Vec<LogReader>, LogExtent), Error> {
        Ok((self.log.readers().await?, self.log.extent().await?))
    }

    /// Keeps the position up to which a reader has read.
    pub async fn keep_reader(&self, name: &ReaderName, position: Position) -> Result<(), Error> {
        let LogExtent { start, end } = self.log.extent().await?;
        if !(start..=end).contains(&position) {
            return Err(Refusal::PositionOutOfRange { start: start.0, end: end.0 }.into());
        }
        if self.log.keep_reader(name, position).await? { Ok(()) } else { Err(Refusal::TooManyReaders.into()) }
    }

    /// Deletes a reader, so that the log is no longer kept for it.
    pub async fn forget_reader(&self, name: &ReaderName) -> Result<(), Error> {
        if self.log.forget_reader(name).await? { Ok(()) } else { Err(Refusal::NotFound.into()) }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Event, EventId, Fact, UserId, Version};
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::ports::MockLog;

    fn event(position: u64) -> LoggedEvent {
        let event: Event = Fact::UserRegistered { user: UserId(Uuid::from_u128(1)) }.at(Version::FIRST);
        LoggedEvent {
            position: Position(position),
            id: EventId(Uuid::from_u128(position.into())),
            at: datetime!(2026-11-28 12:00 UTC),
            event,
        }
    }

    fn positions(page: &LogPage<LoggedEvent>) -> Vec<u64> {
        page.items.iter().map(|event| event.position.0).collect()
    }

    #[tokio::test]
    async fn a_page_may_end_within_a_group_and_the_next_continues_there() {
        let mut log = MockLog::new();
        log.expect_events().returning(|after, _| {
            let items: Vec<_> = (1..=7).filter(|position| *position > after.0).map(event).collect();
            Ok(Some(LogPage { items, position: Position(7), end: Position(7) }))
        });
        let events = ReadEvents::new(Arc::new(log));
        let first = events.page(Some(Position(0)), 3).await.unwrap();
        assert_eq!((positions(&first), first.position), (vec![1, 2, 3], Position(3)));
        let second = events.page(Some(first.position), 4).await.unwrap();
        assert_eq!((positions(&second), second.position), (vec![4, 5, 6, 7], Position(7)));
    }

    #[tokio::test]
    async fn without_a_position_the_log_is_read_from_its_start() {
        let mut log = MockLog::new();
        log.expect_extent().returning(|| Ok(LogExtent { start: Position(40), end: Position(50) }));
        log.expect_events()
            .withf(|after, _| *after == Position(40))
            .returning(|position, _| Ok(Some(LogPage { items: Vec::new(), position, end: position })));
        assert!(ReadEvents::new(Arc::new(log)).page(None, 3).await.is_ok());
    }

    #[tokio::test]
    async fn a_position_outside_the_log_is_refused_with_its_extent() {
        let mut log = MockLog::new();
        log.expect_extent().returning(|| Ok(LogExtent { start: Position(40), end: Position(50) }));
        log.expect_events().returning(|_, _| Ok(None));
        log.expect_keep_reader().times(2).returning(|_, position| Ok(position == Position(50)));
        let (events, name) = (ReadEvents::new(Arc::new(log)), ReaderName::new("mailer").unwrap());
        let refusal = |result: Result<(), Error>| match result {
            Err(Error::Refused(refusal)) => Some(refusal),
            Ok(()) | Err(_) => None,
        };
        let gone = Some(Refusal::PositionOutOfRange { start: 40, end: 50 });
        assert_eq!(refusal(events.page(Some(Position(39)), 3).await.map(|_| ())), gone);
        for position in [39, 51] {
            assert_eq!(refusal(events.keep_reader(&name, Position(position)).await), gone, "{position}");
        }
        assert!(events.keep_reader(&name, Position(50)).await.is_ok());
        assert_eq!(refusal(events.keep_reader(&name, Position(40)).await), Some(Refusal::TooManyReaders));
    }
}
