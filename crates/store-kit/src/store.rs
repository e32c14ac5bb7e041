//! The store: all persistence ports on an engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use application::ports::{
    Audit, Clock, CommitError, Committed, Finding, HealthCheck, Housekeeping, LedgerCheck, Log, LogExtent, LogPage, LogReader, LoggedEvent,
    Ports, Position, Prunable, Pruned, ReadError, ReaderName, SecretName, Secrets, Store,
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
use crate::{audit, commit, housekeeping, log, needs, upgrade};

/// The size of the test write of the health check.
const PROBE_BYTES: usize = 64 * 1_024;
/// The format of the stored rows. A store with an earlier format is upgraded when it is opened; one with a later format is refused.
const FORMAT: u32 = 3;

/// A store on a custom engine, used by one process at a time. It serves all persistence ports.
///
/// Clones share the engine.
#[derive(Debug)]
pub struct EmbeddedStore<E>(Arc<Inner<E>>);

struct Inner<E> {
    engine: E,
    clock: Arc<dyn Clock>,
    /// Whether the last write has failed. If so, the health check makes a test write.
    cannot_write: AtomicBool,
}

/// The reason why a group is not written.
enum Unwritten {
    /// All of its changes have conflicts.
    Conflicts(Results),
    Fault(Fault),
}

type Results = Vec<Result<Committed, CommitError>>;

impl<E: Engine> EmbeddedStore<E> {
    /// Opens the store in `engine`; initializes an empty map. Blocks while the engine does.
    ///
    /// # Errors
    /// The engine's error, or an error if the map has another format.
    pub fn open(engine: E, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        let opened = engine.write(|entries| open(&mut Draft::new(entries)));
        opened.map_err(Fault::into_engine_error)?;
        Ok(Self(Arc::new(Inner { engine, clock, cannot_write: AtomicBool::new(false) })))
    }

    /// Returns the engine that stores the rows.
    pub fn engine(&self) -> &E {
        &self.0.engine
    }

    /// Returns all persistence ports, served by this store.
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

    /// Writes all of `work` or nothing.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Draft<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, ReadError> {
        let inner = self.0.clone();
        run::<E, _>(move || inner.write(work)).await?.map_err(ReadError::from)
    }
}

/// Runs `work` to its end, even if the caller stops waiting; on a thread that may block, if the engine blocks.
async fn run<E: Engine, T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ReadError> {
    if E::BLOCKS { tokio::task::spawn_blocking(work).await.map_err(|lost| ReadError::Fault(Box::new(lost))) } else { Ok(work()) }
}

fn open(draft: &mut Draft<'_>) -> Result<(), Fault> {
    let format = Key::of(Kind::Own).text("format");
    match draft.view().value::<u32>(&format)? {
        Some(FORMAT) => Ok(()),
        Some(1) => {
            upgrade::count_admissions(draft)?;
            upgrade::index_users(draft)?;
            upgrade::index_reservations(draft)?;
            draft.set(&format, &FORMAT)
        }
        Some(2) => {
            upgrade::index_reservations(draft)?;
            draft.set(&format, &FORMAT)
        }
        Some(other) => Err(EngineError::failed(format!("the store has format {other}; this program supports format {FORMAT}")).into()),
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

    /// Commits each change on its own, so that an invalid row fails only the changes that write it.
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
            // Taken before the read begins, so that it is not later than the instant that is read.
            let now = inner.clock.now();
            inner.engine.read(|entries| needs::load(View::new(entries), &needs, now))
        };
        run::<E, _>(load).await?.map_err(ReadError::from)
    }

    async fn commit(&self, changes: &[Change]) -> Results {
        let (inner, group) = (self.0.clone(), changes.to_vec());
        let committed = run::<E, _>(move || inner.commit(&group)).await;
        let lost = |_| changes.iter().map(|_| Err(CommitError::Unknown("the committing thread panicked".into()))).collect();
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

    /// Unused: an embedded store has no followers.
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
        self.write(move |draft| draft.prune(what, at_most, now)).await
    }

    async fn backlog(&self, what: Prunable) -> Result<Duration, ReadError> {
        let now = self.0.clock.now();
        self.read(move |view| housekeeping::backlog(view, what, now)).await
    }
}

#[async_trait]
impl<E: Engine> Secrets for EmbeddedStore<E> {
    async fn secret(&self, name: SecretName, candidate: [u8; 32]) -> Result<[u8; 32], ReadError> {
        let key = Key::of(Kind::Own).text(&format!("{}-secret", name.as_str()));
        self.write(move |draft| match draft.view().value(&key)? {
            Some(kept) => Ok(kept),
            None => draft.set(&key, &candidate).map(|()| candidate),
        })
        .await
    }
}

#[async_trait]
impl<E: Engine> HealthCheck for EmbeddedStore<E> {
    /// Only a write shows whether the engine accepts writes. If the last write has failed, a test write of unusual size is made.
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

    /// The store has one process: each check is a new one.
    async fn check_ledger(&self, _: Duration) -> Result<Option<LedgerCheck>, ReadError> {
        let at = self.0.clock.now();
        Ok(Some(LedgerCheck { at, drift: self.read(audit::drift).await?, is_new: true }))
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

/// An error of a write.
trait Failure {
    /// Whether the engine failed.
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
