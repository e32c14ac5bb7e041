//! An instance's connection to the store, which adds latency and injects faults.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use application::page::PageRequest;
use application::ports::{
    Catalogue, CommitError, Committed, Housekeeping, Log, LogExtent, LogPage, LogReader, LoggedEvent, Ports, Position, Prunable, Pruned,
    ReadError, ReaderName, Store, Tokens,
};
use async_trait::async_trait;
use domain::change::Admission;
use domain::{
    Change, Concert, ConcertId, Layout, LayoutHash, LoggedRow, Need, NewToken, OfferedSeats, Queue, QueueId, QueueToken, Rows, Schedule,
    ScheduleId, Seat, TokenId, Versioned,
};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::plan::FaultKind::{
    self, AcknowledgedLost, CommitFails, Conflict, LoadFails, LoadPanics, LogLost, PanicLanded, PanicLost, PartialConflict, ReadFails,
    Slow, Stall, UnknownLanded, UnknownLate, UnknownLost, WrongResults,
};
use crate::rng::Rng;
use crate::world::World;

/// Latency of a call in each direction, in microseconds.
const LATENCY: std::ops::RangeInclusive<u64> = 100..=3_000;
/// Factor of the latency of a slow call.
const SLOW: u64 = 100;
/// Factor of the latency of a stalled call.
const STALL: u64 = 2_000;
/// A read may take this fraction of the deadline of a request, since some requests are several reads.
const READS_PER_DEADLINE: u64 = 8;

/// A connection of an instance to the store.
pub(crate) struct Connection {
    world: Arc<World>,
    instance: u64,
    rng: Mutex<Rng>,
    /// Cancelled when the instance crashes; calls then never return.
    dead: CancellationToken,
}

/// The payload of injected panics.
struct Injected;

type Results = Vec<Result<Committed, CommitError>>;

impl Connection {
    /// Creates the connection of an instance for its `start`th restart.
    pub(crate) fn new(world: Arc<World>, instance: u64, start: u64, dead: CancellationToken) -> Arc<Self> {
        let rng = Mutex::new(Rng::of(&[world.plan.seed, 1, instance, start]));
        Arc::new(Self { world, instance, rng, dead })
    }

    /// All ports over this connection; ports that only serve queries call the store directly.
    pub(crate) fn ports(self: &Arc<Self>) -> Ports {
        Ports {
            store: self.clone(),
            operator_store: self.clone(),
            catalogue: self.clone(),
            tokens: self.clone(),
            housekeeping: self.clone(),
            log: self.clone(),
            is_shared: self.world.plan.instances > 1,
            ..self.world.ports.clone()
        }
    }

    fn draw<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.rng.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Draws the fault of this call, if any, among `kinds`.
    fn fault(&self, kinds: &[FaultKind]) -> Option<FaultKind> {
        let mut drawn = None;
        for (kind, per_mille) in self.world.faults_now() {
            if kinds.contains(&kind) && self.draw(|rng| rng.chance(per_mille)) {
                drawn = drawn.or(Some(kind));
            }
        }
        if let Some(kind) = drawn {
            self.world.record_fault(kind, || format!("instance {}: {kind:?}", self.instance));
        }
        drawn
    }

    /// Waits for the latency of one direction; never returns once the instance has crashed.
    async fn delay(&self) {
        let factor = match self.fault(&[Slow, Stall]) {
            Some(Stall) => STALL,
            Some(_) => SLOW,
            None => 1,
        };
        let latency = Duration::from_micros(self.draw(|rng| rng.among(LATENCY)) * factor);
        if factor > 1 {
            self.world.extend_fault(latency);
        }
        if factor == STALL {
            self.world.stalls();
        }
        sleep(latency).await;
        if self.dead.is_cancelled() {
            std::future::pending::<()>().await;
        }
    }

    /// Reads with latency and injected failures. Like an adapter, it gives up a read that takes too long.
    async fn read<T>(&self, read: impl Future<Output = Result<T, ReadError>>) -> Result<T, ReadError> {
        let fails = self.fault(&[ReadFails]).is_some();
        let call = async {
            self.delay().await;
            if fails {
                return Err(ReadError::Unavailable("injected".into()));
            }
            let found = read.await;
            self.delay().await;
            found
        };
        let limit = Duration::from_millis(self.world.plan.numbers.deadline / READS_PER_DEADLINE);
        timeout(limit, call).await.unwrap_or_else(|elapsed| Err(ReadError::Unavailable(elapsed.into())))
    }

    /// Commits some of the changes and returns spurious conflicts for the others.
    async fn commit_some(&self, changes: &[Change]) -> Results {
        let chosen: Vec<bool> = changes.iter().map(|_| self.draw(|rng| rng.chance(500))).collect();
        let some: Vec<Change> = changes.iter().zip(&chosen).filter(|(_, chosen)| **chosen).map(|(change, _)| change.clone()).collect();
        let mut results = self.world.commit(self.instance, &some).await.into_iter();
        chosen
            .iter()
            .map(|chosen| if *chosen { results.next().unwrap_or(Err(CommitError::Conflict)) } else { Err(CommitError::Conflict) })
            .collect()
    }

    /// Commits some time later, independently of the caller.
    fn commit_late(&self, changes: &[Change]) {
        let (world, changes, instance) = (self.world.clone(), changes.to_vec(), self.instance);
        let later = Duration::from_millis(self.draw(|rng| rng.among(10..=4_000)));
        tokio::spawn(async move {
            sleep(later).await;
            world.record_fault(UnknownLate, || format!("instance {instance}: late commit arrives"));
            world.commit(instance, &changes).await;
        });
    }
}

fn fail_all(changes: &[Change], error: impl Fn() -> CommitError) -> Results {
    changes.iter().map(|_| Err(error())).collect()
}

fn unknown() -> CommitError {
    CommitError::Unknown("injected".into())
}

#[async_trait]
impl Store for Connection {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        let fault = self.fault(&[LoadFails, LoadPanics]);
        self.delay().await;
        match fault {
            Some(LoadPanics) => {
                self.world.panicked();
                resume_unwind(Box::new(Injected))
            }
            Some(_) => return Err(ReadError::Unavailable("injected".into())),
            None => {}
        }
        let rows = self.world.load(needs).await;
        self.delay().await;
        rows
    }

    async fn commit(&self, changes: &[Change]) -> Results {
        let fault = self.fault(&[
            Conflict,
            PartialConflict,
            CommitFails,
            UnknownLost,
            UnknownLanded,
            UnknownLate,
            PanicLost,
            PanicLanded,
            WrongResults,
            AcknowledgedLost,
        ]);
        self.delay().await;
        let results = match fault {
            None => self.world.commit(self.instance, changes).await,
            Some(Conflict) => fail_all(changes, || CommitError::Conflict),
            Some(PartialConflict) => self.commit_some(changes).await,
            Some(UnknownLost) => fail_all(changes, unknown),
            Some(AcknowledgedLost) => {
                changes.iter().map(|change| Ok(Committed { number: change.row::<NewToken>().map(|_| u64::MAX) })).collect()
            }
            Some(UnknownLanded) => {
                self.world.commit(self.instance, changes).await;
                fail_all(changes, unknown)
            }
            Some(UnknownLate) => {
                self.commit_late(changes);
                fail_all(changes, unknown)
            }
            Some(PanicLost) => resume_unwind(Box::new(Injected)),
            Some(PanicLanded) => {
                self.world.commit(self.instance, changes).await;
                resume_unwind(Box::new(Injected))
            }
            Some(WrongResults) => {
                let mut results = self.world.commit(self.instance, changes).await;
                results.pop();
                results
            }
            Some(_) => fail_all(changes, || CommitError::Unavailable("injected".into())),
        };
        if results.iter().all(|result| matches!(result, Err(CommitError::Conflict)))
            && changes.iter().any(|change| change.row::<Admission>().is_some())
        {
            self.world.tick_conflicted();
        }
        self.delay().await;
        results
    }
}

#[async_trait]
impl Tokens for Connection {
    async fn tokens(&self, ids: &[TokenId]) -> Result<Vec<Versioned<QueueToken>>, ReadError> {
        self.read(self.world.ports.tokens.tokens(ids)).await
    }

    async fn live(&self, queue: QueueId, after: u64, at_most: u32) -> Result<Vec<Versioned<QueueToken>>, ReadError> {
        self.read(self.world.ports.tokens.live(queue, after, at_most)).await
    }
}

#[async_trait]
impl Catalogue for Connection {
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Vec<Versioned<Concert>>, ReadError> {
        self.read(self.world.ports.catalogue.concerts(page)).await
    }

    async fn concert(&self, id: ConcertId) -> Result<Option<Versioned<Concert>>, ReadError> {
        self.read(self.world.ports.catalogue.concert(id)).await
    }

    async fn concerts_by_id(&self, ids: &[ConcertId]) -> Result<Vec<Versioned<Concert>>, ReadError> {
        self.read(self.world.ports.catalogue.concerts_by_id(ids)).await
    }

    async fn concerts_of(&self, queue: QueueId) -> Result<Vec<Versioned<Concert>>, ReadError> {
        self.read(self.world.ports.catalogue.concerts_of(queue)).await
    }

    async fn schedules(&self, concert: ConcertId) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        self.read(self.world.ports.catalogue.schedules(concert)).await
    }

    async fn schedules_of(&self, concerts: &[ConcertId]) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        self.read(self.world.ports.catalogue.schedules_of(concerts)).await
    }

    async fn schedule(&self, id: ScheduleId) -> Result<Option<Versioned<Schedule>>, ReadError> {
        self.read(self.world.ports.catalogue.schedule(id)).await
    }

    async fn schedules_by_id(&self, ids: &[ScheduleId]) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        self.read(self.world.ports.catalogue.schedules_by_id(ids)).await
    }

    async fn seats(&self, schedule: ScheduleId) -> Result<Vec<Versioned<Seat>>, ReadError> {
        self.read(self.world.ports.catalogue.seats(schedule)).await
    }

    async fn offered_seats(&self, schedules: &[ScheduleId]) -> Result<BTreeMap<ScheduleId, OfferedSeats>, ReadError> {
        self.read(self.world.ports.catalogue.offered_seats(schedules)).await
    }

    async fn queues(&self) -> Result<Vec<Versioned<Queue>>, ReadError> {
        self.read(self.world.ports.catalogue.queues()).await
    }

    async fn queue(&self, id: QueueId) -> Result<Option<Versioned<Queue>>, ReadError> {
        self.read(self.world.ports.catalogue.queue(id)).await
    }

    async fn layout(&self, hash: LayoutHash) -> Result<Option<Layout>, ReadError> {
        self.read(self.world.ports.catalogue.layout(hash)).await
    }
}

#[async_trait]
impl Housekeeping for Connection {
    async fn prune(&self, what: Prunable, at_most: u32) -> Result<Pruned, ReadError> {
        self.read(self.world.ports.housekeeping.prune(what, at_most)).await
    }

    async fn backlog(&self, what: Prunable) -> Result<Duration, ReadError> {
        self.read(self.world.ports.housekeeping.backlog(what)).await
    }
}

/// Injects faults into reads of the row log; event log calls go to the store directly.
#[async_trait]
impl Log for Connection {
    async fn extent(&self) -> Result<LogExtent, ReadError> {
        self.read(async { Ok(self.world.rows().extent()) }).await
    }

    async fn rows(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedRow>>, ReadError> {
        if self.fault(&[LogLost]).is_some() {
            return Ok(None);
        }
        self.read(async { Ok(self.world.rows().page(after, at_most)) }).await
    }

    async fn events(&self, after: Position, at_most: u32) -> Result<Option<LogPage<LoggedEvent>>, ReadError> {
        self.world.ports.log.events(after, at_most).await
    }

    async fn readers(&self) -> Result<Vec<LogReader>, ReadError> {
        self.world.ports.log.readers().await
    }

    async fn keep_reader(&self, name: &ReaderName, position: Position) -> Result<bool, ReadError> {
        self.world.ports.log.keep_reader(name, position).await
    }

    async fn forget_reader(&self, name: &ReaderName) -> Result<bool, ReadError> {
        self.world.ports.log.forget_reader(name).await
    }
}
