//! The service: the parts of the application that one process runs: lanes, read models, background tasks, and the use cases over them.

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
    AuditJobs, BestSeats, CatalogueModel, Committer, Error, Follower, GroupCommit, Housekeeper, Layouts, MemoryLimits, ReadModel,
    SalesFold, SalesHistory, SalesMetrics, Scheduler, SeatMaps, TicketCodes, UseCases, WaitingRoom, use_cases, waiting_room,
};

/// The dependencies of a service.
pub struct Parts {
    /// The ports of the store.
    pub ports: Ports,
    /// The store's clock.
    pub clock: Arc<dyn Clock>,
    /// The generator of ids.
    pub ids: Arc<dyn Ids>,
    /// The parameters of the rules.
    pub rules: Rules,
}

/// The limits and intervals of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The number of batches of users' commands that are processed at once.
    pub lanes: usize,
    /// The maximum number of users' commands that may wait, and the maximum number of joins.
    pub max_waiting: usize,
    /// The maximum number of commands in a batch.
    pub max_batch: usize,
    /// The time limit of a user's command.
    pub deadline: Duration,
    /// The maximum number of operators' commands that may wait.
    pub max_waiting_operator_commands: usize,
    /// The time limit of an operator's command.
    pub operator_deadline: Duration,
    /// The interval at which commits of other processes are read.
    pub follow: Duration,
    /// The intervals of ticks and sweeps.
    pub intervals: Intervals,
    /// How long rows are kept.
    pub retention: Retention,
    /// The maximum sizes of the read models.
    pub memory: MemoryLimits,
}

/// The parts of the application that one process runs.
pub struct Service {
    /// The use cases.
    pub use_cases: UseCases,
    /// The group commits, one for each kind of command.
    pub lanes: [Arc<GroupCommit>; 3],
    /// The waiting and active users.
    pub room: Arc<WaitingRoom>,
    /// The metrics of the sale.
    pub sales_metrics: Arc<SalesMetrics>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Service {
    /// Loads what the first command requires, and starts all tasks on the current runtime.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn start(parts: Parts, settings: Settings) -> Result<Self, Error> {
        let Parts { ports, clock, ids, rules } = parts;
        let (currency, rules) = (rules.currency, Arc::new(rules));
        let catalogue = Arc::new(CatalogueModel::new(ports.catalogue.clone(), settings.memory.catalogue));
        let seat_maps = Arc::new(SeatMaps::new(ports.catalogue.clone(), clock.clone(), settings.memory.seat_maps));
        let layouts = Arc::new(Layouts::new(ports.catalogue.clone(), seat_maps.clone(), settings.memory.layouts));
        let best_seats = Arc::new(BestSeats::new(seat_maps.clone(), layouts.clone(), settings.memory.layouts));
        let room = Arc::new(WaitingRoom::new(waiting_room::Parts {
            tokens: ports.tokens.clone(),
            catalogue: catalogue.clone(),
            seat_maps: seat_maps.clone(),
            clock: clock.clone(),
            policy: rules.queue,
            tick: settings.intervals.tick.try_into().unwrap_or(time::Duration::MAX),
            memory: settings.memory,
        }));
        let capacity_freed = Arc::new(CapacityFreed::default());
        let sales_metrics = Arc::new(SalesMetrics::new(clock.clone(), currency));
        let observers: Vec<Arc<dyn Observer>> =
            vec![catalogue.clone(), room.clone(), seat_maps.clone(), capacity_freed.clone(), sales_metrics.clone()];
        // The follower starts before the read models are filled, so that no commit is missed in between. A rebuild empties the seat maps
        // first, which reads nothing.
        let read_models: Vec<Arc<dyn ReadModel>> = vec![seat_maps.clone(), catalogue.clone(), room.clone()];
        let follower = if ports.is_shared { Some(Follower::start(ports.log.clone(), read_models, settings.follow).await?) } else { None };
        catalogue.fill().await?;
        room.fill().await?;

        let history = Arc::new(SalesHistory::new(ports.log.clone(), ports.reservations.clone(), clock.clone()));
        let committer = Arc::new(Committer::new(ports.store.clone(), observers).counting_conflicts(history.conflicts()));
        let lanes = lanes(&committer, &ports, &rules, &settings);
        let [commits, joins, operator_commits] = lanes.clone();
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(room.clone().run(stop.clone()));
        if let Some(follower) = follower {
            tasks.spawn(follower.run(stop.clone()));
        }
        tasks.spawn(
            Scheduler::new(Dependencies { committer, room: room.clone(), rules, capacity_freed }, settings.intervals).run(stop.clone()),
        );
        tasks.spawn(Housekeeper::new(ports.housekeeping.clone(), room.clone(), settings.retention).run(stop.clone()));
        tasks.spawn(SalesFold::new(&ports).run(stop.clone()));
        tasks.close();
        let ticket_codes = Arc::new(TicketCodes::of(&*ports.secrets, &*ids).await?);
        let audits = Arc::new(AuditJobs::new(ports.audit.clone(), clock.clone(), ids.clone(), tasks.clone(), stop.clone()));
        let use_cases = UseCases::new(&use_cases::Parts {
            commits,
            joins,
            operator_commits,
            ports,
            room: room.clone(),
            catalogue,
            seat_maps,
            layouts,
            best_seats,
            audits,
            history,
            ticket_codes,
            clock,
            ids,
        });
        Ok(Self { use_cases, lanes, room, sales_metrics, tasks, stop })
    }

    /// Processes the accepted commands and stops the tasks.
    pub async fn end(&self) {
        self.stop.cancel();
        let [commits, joins, operator_commits] = &self.lanes;
        tokio::join!(commits.close(), joins.close(), operator_commits.close());
        self.tasks.wait().await;
    }
}

/// Starts the lanes of users' commands, of joins, and of operators' commands.
fn lanes(committer: &Arc<Committer>, ports: &Ports, rules: &Arc<Rules>, settings: &Settings) -> [Arc<GroupCommit>; 3] {
    let Settings { lanes, max_waiting, max_batch, deadline, max_waiting_operator_commands, operator_deadline, .. } = *settings;
    let start = |committer: Arc<Committer>, limits| Arc::new(GroupCommit::start(committer, rules.clone(), limits));
    let users = Limits { kind: "users", lanes, queue: max_waiting, batch: max_batch, deadline };
    // Joins take numbers from one counter per queue, so two groups of them would only wait for each other.
    let joins = Limits { kind: "joins", lanes: 1, ..users };
    let operator_commits =
        Limits { kind: "operators", lanes: 1, queue: max_waiting_operator_commands, batch: 1, deadline: operator_deadline };
    [
        start(committer.clone(), users),
        start(committer.clone(), joins),
        start(Arc::new(committer.with_store(ports.operator_store.clone())), operator_commits),
    ]
}
