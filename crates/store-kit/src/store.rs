//! The store: all ports of persistence on an engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use application::ports::{
    Audit, Clock, CommitError, Committed, Finding, HealthCheck, Housekeeping, Log, LogExtent, LogPage, LogReader, LoggedEvent, Ports,
    Position, Prunable, Pruned, ReadError, ReaderName, Secrets, Store,
};
use async_trait::async_trait;
use domain::change::Collisions;
use domain::queue::PolicyOverrides;
use domain::{Change, LoggedRow, Need, Queue, Rows, Write};

use crate::draft::Draft;
use crate::engine::{Engine, EngineError};
use crate::fault::Fault;
use crate::key::{Key, Kind};
use crate::view::View;
use crate::{audit, commit, log, needs};

/// How much is written to find out whether anything can be.
const PROBE_BYTES: usize = 64 * 1_024;
/// How rows are kept. A store of another format is refused.
const FORMAT: u32 = 1;

/// A store on an engine of one's own, which one process has to itself. It serves every port of persistence.
///
/// Clones share the engine.
#[derive(Debug)]
pub struct EmbeddedStore<E>(Arc<Inner<E>>);

struct Inner<E> {
    engine: E,
    clock: Arc<dyn Clock>,
    /// Whether the last write has failed: then the pulse tries one.
    cannot_write: AtomicBool,
}

/// Why a group is not written.
enum Unwritten {
    /// All of its changes have conflicts.
    Conflicts(Results),
    Fault(Fault),
}

type Results = Vec<Result<Committed, CommitError>>;

impl<E: Engine> EmbeddedStore<E> {
    /// The store that `engine` keeps; an empty map becomes an empty store. It waits for the engine.
    ///
    /// # Errors
    /// The engine's, and one if the map is kept in another format.
    pub fn open(engine: E, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        let opened = engine.write(|entries| open(&mut Draft::new(entries)));
        opened.map_err(Fault::into_engine_error)?;
        Ok(Self(Arc::new(Inner { engine, clock, cannot_write: AtomicBool::new(false) })))
    }

    /// What keeps the rows.
    pub fn engine(&self) -> &E {
        &self.0.engine
    }

    /// All ports of persistence, served by this store.
    pub fn ports(&self) -> Ports {
        Ports::of(&Arc::new(self.clone()))
    }

    /// Reads at one instant.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(View<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, ReadError> {
        let inner = self.0.clone();
        run::<E, _>(move || inner.engine.read(|entries| look(View::new(entries)))).await?.map_err(ReadError::from)
    }

    /// Writes whole or not at all.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Draft<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, ReadError> {
        let inner = self.0.clone();
        run::<E, _>(move || inner.write(work)).await?.map_err(ReadError::from)
    }
}

/// Runs `work` to its end, where it may block if it has to, whoever waits for it.
async fn run<E: Engine, T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ReadError> {
    if E::BLOCKS { tokio::task::spawn_blocking(work).await.map_err(|lost| ReadError::Fault(Box::new(lost))) } else { Ok(work()) }
}

fn open(draft: &mut Draft<'_>) -> Result<(), Fault> {
    let format = Key::of(Kind::Own).text("format");
    match draft.view().value::<u32>(&format)? {
        Some(FORMAT) => Ok(()),
        Some(other) => Err(EngineError::failed(format!("the store is of format {other}, and this program knows {FORMAT}")).into()),
        None => {
            draft.set(&format, &FORMAT)?;
            let default = Queue::new(Queue::DEFAULT, "Default".to_owned(), PolicyOverrides::default(), None);
            draft.save_queue(&Write::insert(default))
        }
    }
}

impl<E: Engine> Inner<E> {
    fn write<T, F: From<EngineError> + Failure>(&self, work: impl FnOnce(&mut Draft<'_>) -> Result<T, F>) -> Result<T, F> {
        let written = self.engine.write(|entries| work(&mut Draft::new(entries)));
        match &written {
            Ok(_) => self.cannot_write.store(false, Ordering::Relaxed),
            Err(error) if error.is_of_engine() => self.cannot_write.store(true, Ordering::Relaxed),
            Err(_) => {}
        }
        written
    }

    fn commit(&self, changes: &[Change]) -> Results {
        match self.group(changes, &mut Collisions::default()) {
            Ok(results) => results,
            Err(Fault::Corrupt(_)) if changes.len() > 1 => self.one_by_one(changes),
            Err(fault) => changes.iter().map(|_| Err(fault.of_commit())).collect(),
        }
    }

    /// A row that makes no sense keeps those alone from being committed who want to write it.
    fn one_by_one(&self, changes: &[Change]) -> Results {
        let (mut results, mut before) = (Results::with_capacity(changes.len()), Collisions::default());
        for change in changes {
            let mut with_it = before.clone();
            let result = self.group(std::slice::from_ref(change), &mut with_it);
            let result = result.unwrap_or_else(|fault| vec![Err(fault.of_commit())]);
            if result.iter().all(Result::is_ok) {
                before = with_it;
            }
            results.extend(result);
        }
        results
    }

    fn group(&self, changes: &[Change], before: &mut Collisions) -> Result<Results, Fault> {
        let written = self.write(|draft| {
            let results = commit::commit(draft, changes, before, &*self.clock)?;
            if results.iter().any(Result::is_ok) { Ok(results) } else { Err(Unwritten::Conflicts(results)) }
        });
        match written {
            Ok(results) | Err(Unwritten::Conflicts(results)) => Ok(results),
            Err(Unwritten::Fault(fault)) => Err(fault),
        }
    }
}

#[async_trait]
impl<E: Engine> Store for EmbeddedStore<E> {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        let (inner, needs) = (self.0.clone(), needs.to_vec());
        let load = move || {
            // Before the instant that is read, and so not later than it.
            let now = inner.clock.now();
            inner.engine.read(|entries| needs::load(View::new(entries), &needs, now))
        };
        run::<E, _>(load).await?.map_err(ReadError::from)
    }

    async fn commit(&self, changes: &[Change]) -> Results {
        let (inner, group) = (self.0.clone(), changes.to_vec());
        let committed = run::<E, _>(move || inner.commit(&group)).await;
        let lost = |_| changes.iter().map(|_| Err(CommitError::Unknown("the thread that commits has panicked".into()))).collect();
        committed.unwrap_or_else(lost)
    }
}

#[async_trait]
impl<E: Engine> Log for EmbeddedStore<E> {
    async fn extent(&self) -> Result<LogExtent, ReadError> {
        self.read(log::extent).await
    }

    async fn events(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedEvent>>, ReadError> {
        self.read(move |view| log::events(view, after, at_most)).await
    }

    /// Nobody follows it.
    async fn rows(&self, after: Position, _: u32) -> Result<Option<LogPage<LoggedRow>>, ReadError> {
        let LogExtent { start, end } = self.extent().await?;
        Ok((start..=end).contains(&after).then_some(LogPage { items: Vec::new(), position: end, end }))
    }

    async fn readers(&self) -> Result<Vec<LogReader>, ReadError> {
        self.read(log::readers).await
    }

    async fn keep_reader(&self, name: &ReaderName, position: Position) -> Result<bool, ReadError> {
        let (name, now) = (name.clone(), self.0.clock.now());
        self.write(move |draft| draft.keep_reader(&name, position, now)).await
    }

    async fn forget_reader(&self, name: &ReaderName) -> Result<bool, ReadError> {
        let name = name.clone();
        self.write(move |draft| draft.forget_reader(&name)).await
    }
}

#[async_trait]
impl<E: Engine> Housekeeping for EmbeddedStore<E> {
    async fn prune(&self, what: Prunable, at_most: u32) -> Result<Pruned, ReadError> {
        let now = self.0.clock.now();
        let rows = self.write(move |draft| draft.prune(what, at_most, now)).await?;
        Ok(Pruned { rows, more: rows == u64::from(at_most) })
    }
}

#[async_trait]
impl<E: Engine> Secrets for EmbeddedStore<E> {
    async fn issuer_secret(&self, candidate: [u8; 32]) -> Result<[u8; 32], ReadError> {
        let key = Key::of(Kind::Own).text("issuer-secret");
        self.write(move |draft| match draft.view().value(&key)? {
            Some(kept) => Ok(kept),
            None => draft.set(&key, &candidate).map(|()| candidate),
        })
        .await
    }
}

#[async_trait]
impl<E: Engine> HealthCheck for EmbeddedStore<E> {
    /// Only a write tells whether the engine takes writes; one that is larger than most is tried if the last one has failed.
    async fn check(&self) -> Result<(), ReadError> {
        let probe = || Key::of(Kind::Own).text("probe");
        if !self.0.cannot_write.load(Ordering::Relaxed) {
            return self.read(move |view| view.has(&probe()).map(|_| ())).await;
        }
        self.write(move |draft| draft.put(&probe(), &vec![0; PROBE_BYTES])).await?;
        self.write(move |draft| draft.take(&probe())).await
    }
}

#[async_trait]
impl<E: Engine> Audit for EmbeddedStore<E> {
    async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        self.read(audit::audit).await
    }

    async fn drift(&self) -> Result<i64, ReadError> {
        self.read(audit::drift).await
    }
}

impl<E> Clone for EmbeddedStore<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<E> std::fmt::Debug for Inner<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedStore").finish_non_exhaustive()
    }
}

/// What a write may fail by.
trait Failure {
    /// Whether it is the engine's.
    fn is_of_engine(&self) -> bool;
}

impl Failure for Fault {
    fn is_of_engine(&self) -> bool {
        matches!(self, Self::Engine(_))
    }
}

impl Failure for Unwritten {
    fn is_of_engine(&self) -> bool {
        matches!(self, Self::Fault(Fault::Engine(_)))
    }
}

impl From<EngineError> for Unwritten {
    fn from(error: EngineError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Fault> for Unwritten {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
