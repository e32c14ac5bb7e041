//! The event log as readers see it.

use application::ports::{Log, LogExtent, LogPage, LogReader, LoggedEvent, Position};

use super::{ALL, World};

impl World {
    /// All that the log has.
    pub(crate) async fn log(&self) -> Vec<LoggedEvent> {
        read_whole(&*self.ports.log).await
    }

    /// From where to where the log goes.
    pub(crate) async fn extent(&self) -> LogExtent {
        self.ports.log.extent().await.unwrap()
    }

    /// All readers.
    pub(crate) async fn readers(&self) -> Vec<LogReader> {
        self.ports.log.readers().await.unwrap()
    }
}

/// All that a log has.
pub(super) async fn read_whole(log: &dyn Log) -> Vec<LoggedEvent> {
    let start = log.extent().await.unwrap().start;
    read(log, start, ALL).await.0
}

/// Reads a log from `after` to its end, so many positions at once; what it tells, and where it ends.
pub(crate) async fn read(log: &dyn Log, after: Position, at_most: u32) -> (Vec<LoggedEvent>, Position) {
    let (mut told, mut position) = (Vec::new(), after);
    loop {
        let page = log.events(position, at_most).await.unwrap().expect("nothing after the position is deleted");
        assert_goes_on(&page, position);
        let positions: Vec<_> = page.items.iter().map(|event| event.position).collect();
        assert!(positions.is_sorted_by(|one, next| one < next), "positions ascend: {positions:?}");
        assert!(positions.iter().all(|told| (position..=page.position).contains(told) && *told != position), "{position:?}: {page:?}");
        told.extend(page.items);
        position = page.position;
        if position == page.end {
            return (told, position);
        }
    }
}

/// Whoever reads on from `page`, which was read from `after`, comes to the end.
#[track_caller]
pub(crate) fn assert_goes_on<T>(page: &LogPage<T>, after: Position) {
    let LogPage { items, position, end } = page;
    assert!(position <= end, "a page up to {position:?} in a log that ends at {end:?}");
    if after == *end {
        assert!(items.is_empty() && *position == after, "there is nothing after the end, {after:?}");
    } else {
        assert!(*position > after, "a page after {after:?} that goes up to {position:?}");
    }
}
