//! Admission without HTTP: the duration of a tick that admits a thousand users.

use std::sync::Arc;
use std::time::{Duration, Instant};

use adapters_postgres::{PoolSize, PostgresStore};
use anyhow::ensure;
use application::ports::Observer;
use application::scheduler::{CapacityFreed, Dependencies, Intervals};
use application::waiting_room::Parts;
use application::{CatalogueModel, Committer, MemoryLimits, Scheduler, SeatMaps, WaitingRoom};
use domain::{Money, Queue, QueuePolicy, Rules};

use super::queue::WaitingQueue;

const BATCH: u32 = 1_000;
/// Odd, so that there is a median; together they admit nine of the ten thousand users of the shortest queue.
pub(super) const TICKS: usize = 9;
const TICK: Duration = Duration::from_secs(1);

/// A scheduler on a queue.
pub(super) struct Admission {
    store: PostgresStore,
    scheduler: Scheduler,
}

impl Admission {
    /// Fills a waiting room with `queue`.
    pub(super) async fn of(queue: &WaitingQueue) -> anyhow::Result<Self> {
        let store = PostgresStore::open(&queue.database.url, PoolSize::default()).await?;
        let scheduler = scheduler(&store).await?;
        Ok(Self { store, scheduler })
    }

    /// Returns how many milliseconds it takes to admit the next thousand users, from loading to the update of the waiting room.
    pub(super) async fn tick(&self) -> anyhow::Result<f64> {
        let start = Instant::now();
        let ticked = self.scheduler.tick(&[Queue::DEFAULT]).await?;
        let took = start.elapsed();
        ensure!(ticked.admitted == BATCH, "a tick admits {}", ticked.admitted);
        Ok(took.as_secs_f64() * 1_000.0)
    }

    pub(super) async fn end(self) -> anyhow::Result<()> {
        Ok(self.store.close().await?)
    }
}

/// Builds a scheduler as `frontrow serve` does, but without any other load.
async fn scheduler(store: &PostgresStore) -> anyhow::Result<Scheduler> {
    let (ports, clock, rules) = (store.ports(), store.clock(), Arc::new(rules()?));
    let memory = MemoryLimits::default();
    let seat_maps = Arc::new(SeatMaps::new(ports.catalogue.clone(), clock.clone(), memory.seat_maps));
    let catalogue = Arc::new(CatalogueModel::new(ports.catalogue.clone(), memory.catalogue));
    let room = Arc::new(WaitingRoom::new(Parts {
        tokens: ports.tokens.clone(),
        catalogue,
        seat_maps: seat_maps.clone(),
        clock,
        policy: rules.queue,
        tick: TICK.try_into()?,
        memory,
    }));
    room.fill().await?;
    let capacity_freed = Arc::new(CapacityFreed::default());
    let observers: Vec<Arc<dyn Observer>> = vec![room.clone(), seat_maps, capacity_freed.clone()];
    let committer = Arc::new(Committer::new(ports.store.clone(), observers));
    let tools = Dependencies { committer, room, rules, capacity_freed };
    let intervals = Intervals { tick: TICK, sweep: TICK };
    Ok(Scheduler::new(tools, intervals))
}

fn rules() -> anyhow::Result<Rules> {
    let (hold, claim, active) = (time::Duration::minutes(5), time::Duration::minutes(20), time::Duration::minutes(20));
    Ok(Rules {
        hold,
        max_seats_per_user: 4,
        currency: "KRW".parse()?,
        charging: domain::Charging::Open,
        max_charge: Money::new(1_000_000)?,
        max_balance: Money::new(10_000_000)?,
        queue: QueuePolicy { capacity: u32::MAX, batch: BATCH, active, claim, max_waiting: None },
        key_retention: time::Duration::DAY,
        sessions: domain::SessionRules::default(),
    })
}
