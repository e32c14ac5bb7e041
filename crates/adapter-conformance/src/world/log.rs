//! The event log as readers see it.

use application::ports::{Log, LogExtent, LogPage, LogReader, LoggedEvent, Position};

use super::{ALL, World};

impl World {
    /// Returns all events of the log.
    pub(crate) async fn log(&self) -> Vec<LoggedEvent> {
        read_whole(&*self.ports.log).await
    }

    /// Returns the first and the last position of the log.
    pub(crate) async fn extent(&self) -> LogExtent {
        self.ports.log.extent().await.unwrap()
    }

    /// Returns all readers.
    pub(crate) async fn readers(&self) -> Vec<LogReader> {
        self.ports.log.readers().await.unwrap()
    }
}

/// Returns all events of a log.
pub(super) async fn read_whole(log: &dyn Log) -> Vec<LoggedEvent> {
    let start = log.extent().await.unwrap().start;
    read(log, start, ALL).await.0
}

/// Reads a log from `after` to its end, `at_most` positions at a time. Returns the events and the end position.
pub(crate) async fn read(log: &dyn Log, after: Position, at_most: u32) -> (Vec<LoggedEvent>, Position) {
    let (mut events, mut position) = (Vec::new(), after);
    loop {
        let page = log.events(position, at_most).await.unwrap().expect("nothing after the position is deleted");
        assert_progress(&page, position);
        let positions: Vec<_> = page.items.iter().map(|event| event.position).collect();
        assert!(positions.is_sorted_by(|one, next| one < next), "positions ascend: {positions:?}");
        assert!(positions.iter().all(|read| (position..=page.position).contains(read) && *read != position), "{position:?}: {page:?}");
        events.extend(page.items);
        position = page.position;
        if position == page.end {
            return (events, position);
        }
    }
}

/// Asserts that a reader who continues from `page`, which was read from `after`, reaches the end.
#[track_caller]
pub(crate) fn assert_progress<T>(page: &LogPage<T>, after: Position) {
    let LogPage { items, position, end } = page;
    assert!(position <= end, "a page up to {position:?} in a log that ends at {end:?}");
    if after == *end {
        assert!(items.is_empty() && *position == after, "there must be nothing after the end, {after:?}");
    } else {
        assert!(*position > after, "a page after {after:?} that goes up to {position:?}");
    }
}
