//! A record of the commits that a store reported.

use std::sync::{Arc, Mutex, PoisonError};

use application::ports::{Clock, CommitError, Committed, ReadError, Store};
use async_trait::async_trait;
use domain::{Change, Event, LoggedRow, Need, Rows};
use time::OffsetDateTime;

use super::World;

/// A store that records the changes committed through it, in the order of commits unless they are concurrent.
pub(crate) struct Recorder {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    record: Mutex<Record>,
}

#[derive(Default)]
struct Record {
    groups: usize,
    changes: Vec<Recorded>,
}

/// A change that was committed.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) change: Change,
    /// The number that a join got.
    pub(crate) number: Option<u64>,
    pub(crate) at: OffsetDateTime,
    /// The number of the commit that contained it.
    pub(crate) group: usize,
}

impl Recorder {
    /// Returns the changes that were committed.
    pub(crate) fn changes(&self) -> Vec<Recorded> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).changes.clone()
    }

    /// Returns the events of the changes that were committed.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.changes().into_iter().flat_map(|recorded| recorded.change.events).collect()
    }

    /// Returns the rows of the changes that were committed.
    pub(crate) fn rows(&self) -> Vec<LoggedRow> {
        self.changes().iter().flat_map(|recorded| recorded.change.logged(recorded.number)).collect()
    }
}

#[async_trait]
impl Store for Recorder {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        self.store.load(needs).await
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let results = self.store.commit(changes).await;
        let (mut record, at) = (self.record.lock().unwrap_or_else(PoisonError::into_inner), self.clock.now());
        record.groups += 1;
        let group = record.groups;
        let committed = changes.iter().zip(&results).filter_map(|(change, result)| Some((change, result.as_ref().ok()?)));
        record.changes.extend(committed.map(|(change, Committed { number })| Recorded {
            change: change.clone(),
            number: *number,
            at,
            group,
        }));
        drop(record);
        results
    }
}

impl World {
    /// Returns the same world with a recorder of all later commits.
    pub(crate) fn recorded(mut self) -> (Self, Arc<Recorder>) {
        let (store, clock) = (self.ports.store.clone(), self.clock.clone());
        let recorder = Arc::new(Recorder { store, clock, record: Mutex::default() });
        self.ports.store = recorder.clone();
        (self, recorder)
    }
}
