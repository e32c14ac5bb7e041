//! The service: all that one process runs of the application, wired: lanes, read models, background tasks, and the use cases over them.

use std::sync::Arc;
use std::time::Duration;

use domain::Rules;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::group_commit::Limits;
use crate::housekeeper::Retention;
use crate::ports::{Clock, Ids, Observer, Ports};
use crate::scheduler::{CapacityFreed, Dependencies, Intervals};
use crate::{
    Committer, Error, Follower, GroupCommit, Housekeeper, ReadModel, SalesMetrics, Scheduler, SeatMaps, UseCases, WaitingRoom, use_cases,
    waiting_room,
};

/// What a service is made of.
pub struct Parts {
    /// The store.
    pub ports: Ports,
    /// The store's clock.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// The rules' numbers.
    pub rules: Rules,
}

/// How much a service takes on, and how often it does what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many of the crowd's batches are under way at once.
    pub lanes: usize,
    /// How many of the crowd's commands may wait, and as many joins.
    pub max_waiting: usize,
    /// How many commands a batch has at most.
    pub max_batch: usize,
    /// How long a command of the crowd may take.
    pub deadline: Duration,
    /// How many of the operators' commands may wait.
    pub max_waiting_orders: usize,
    /// How long a command of an operator may take.
    pub order_deadline: Duration,
    /// Between two readings of what other processes have committed.
    pub follow: Duration,
    /// Between two ticks, and two sweeps.
    pub intervals: Intervals,
    /// How long rows are kept.
    pub retention: Retention,
}

/// What one process runs of the application.
pub struct Service {
    /// What can be asked of it.
    pub use_cases: UseCases,
    /// The lanes, a kind of commands each.
    pub lanes: [Arc<GroupCommit>; 3],
    /// Who waits and who is in.
    pub room: Arc<WaitingRoom>,
    /// What has happened here.
    pub sales_metrics: Arc<SalesMetrics>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Service {
    /// Reads what must be known before the first command, and starts all tasks on the current runtime.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn start(parts: Parts, settings: Settings) -> Result<Self, Error> {
        let Parts { ports, clock, ids, rules } = parts;
        let (currency, rules) = (rules.currency, Arc::new(rules));
        let seat_maps = Arc::new(SeatMaps::new(ports.catalogue.clone(), clock.clone()));
        let room = Arc::new(WaitingRoom::new(waiting_room::Parts {
            tokens: ports.tokens.clone(),
            catalogue: ports.catalogue.clone(),
            seat_maps: seat_maps.clone(),
            clock: clock.clone(),
            policy: rules.queue,
            tick: settings.intervals.tick.try_into().unwrap_or(time::Duration::MAX),
        }));
        let capacity_freed = Arc::new(CapacityFreed::default());
        let sales_metrics = Arc::new(SalesMetrics::new(clock.clone(), currency));
        let observers: Vec<Arc<dyn Observer>> = vec![room.clone(), seat_maps.clone(), capacity_freed.clone(), sales_metrics.clone()];
        // The log is followed from before the room is filled: nothing falls in between.
        let read_models: Vec<Arc<dyn ReadModel>> = vec![room.clone(), seat_maps.clone()];
        let follower = if ports.is_shared { Some(Follower::start(ports.log.clone(), read_models, settings.follow).await?) } else { None };
        room.fill().await?;

        let committer = Arc::new(Committer::new(ports.store.clone(), observers));
        let lanes = lanes(&committer, &ports, &rules, &settings);
        let [commits, joins, orders] = lanes.clone();
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(room.clone().run(stop.clone()));
        if let Some(follower) = follower {
            tasks.spawn(follower.run(stop.clone()));
        }
        tasks.spawn(
            Scheduler::new(Dependencies { committer, room: room.clone(), rules, capacity_freed }, settings.intervals).run(stop.clone()),
        );
        tasks.spawn(Housekeeper::new(ports.housekeeping.clone(), room.clone(), settings.retention).run(stop.clone()));
        tasks.close();
        let use_cases = UseCases::new(&use_cases::Parts { commits, joins, orders, ports, room: room.clone(), seat_maps, clock, ids });
        Ok(Self { use_cases, lanes, room, sales_metrics, tasks, stop })
    }

    /// Commits what was taken, and ends the tasks.
    pub async fn end(&self) {
        self.stop.cancel();
        let [commits, joins, orders] = &self.lanes;
        tokio::join!(commits.close(), joins.close(), orders.close());
        self.tasks.wait().await;
    }
}

/// The lanes of the crowd's commands, of joins, and of operators' orders.
fn lanes(committer: &Arc<Committer>, ports: &Ports, rules: &Arc<Rules>, settings: &Settings) -> [Arc<GroupCommit>; 3] {
    let Settings { lanes, max_waiting, max_batch, deadline, max_waiting_orders, order_deadline, .. } = *settings;
    let start = |committer: Arc<Committer>, limits| Arc::new(GroupCommit::start(committer, rules.clone(), limits));
    let crowd = Limits { kind: "crowd", lanes, queue: max_waiting, batch: max_batch, deadline };
    // Joins take numbers of a counter each queue, so that two groups of them would only wait for each other.
    let joins = Limits { kind: "joins", lanes: 1, ..crowd };
    let orders = Limits { kind: "operators", lanes: 1, queue: max_waiting_orders, batch: 1, deadline: order_deadline };
    [start(committer.clone(), crowd), start(committer.clone(), joins), start(Arc::new(committer.with_store(ports.orders.clone())), orders)]
}
