//! The waiting room over a store: it returns the same figures as a count over the rows.

use std::sync::Arc;
use std::time::Duration;

use application::group_commit::Limits;
use application::ports::{Observer, Ports};
use application::scheduler::{CapacityFreed, Dependencies, Intervals};
use application::testing::a_waiting_room;
use application::{Committer, Follower, GroupCommit, MemoryLimits, ReadModel, Scheduler, SeatMaps, WaitingRoom};
use domain::decide::admission::Pass;
use domain::{Queue, QueueId, QueueToken, TokenStatus, UserId};
use fastrand::Rng;

use crate::Adapter;
use crate::world::{ALL, OTHER_CONCERT, OTHER_QUEUE, World, guest};

/// The number of users, and of random actions in a run.
const USERS: u128 = 24;
const STEPS: usize = 150;
/// The number of random runs, multiplied by the soak factor.
const RUNS: u64 = 2;
const DAY: Duration = Duration::from_hours(24);

/// A process: commands, ticks, and a waiting room that observes their commits.
struct Process {
    commits: GroupCommit,
    scheduler: Scheduler,
    room: Arc<WaitingRoom>,
}

impl Process {
    fn of(world: &World) -> Self {
        let ports = world.ports.clone();
        let room = new_room(world, &ports);
        let observers: Vec<Arc<dyn Observer>> = vec![room.clone()];
        let rules = Arc::new(world.rules.clone());
        let limits = Limits { kind: "users", lanes: 1, queue: 10, batch: 10, deadline: Duration::from_mins(1) };
        let committer = Arc::new(Committer::new(ports.store.clone(), observers));
        let commits = GroupCommit::start(committer.clone(), rules.clone(), limits);
        let capacity_freed = Arc::new(CapacityFreed::default());
        let tools = Dependencies { committer, room: room.clone(), rules, capacity_freed };
        let intervals = Intervals { tick: DAY, sweep: DAY };
        Self { commits, scheduler: Scheduler::new(tools, intervals), room }
    }

    /// Runs a random command of a user or a tick, or advances the clock.
    async fn step(&self, world: &World, random: &mut Rng) {
        let user = guest(random.u128(0..USERS));
        let queue = if random.bool() { Queue::DEFAULT } else { OTHER_QUEUE };
        match random.u8(0..10) {
            0..=3 => {
                let concert = (queue == OTHER_QUEUE).then_some(OTHER_CONCERT);
                self.commits.run(world.a_join(user, concert)).await.expect("a token");
            }
            4 | 5 => {
                if let Some(token) = token_of(world, queue, user).await {
                    self.commits.run(world.a_leave(user, token.id())).await.expect("an ended token");
                }
            }
            6 => {
                if let Some(token) = token_of(world, queue, user).await {
                    let pass = Pass { user, token: Some(token.id()) };
                    // The claim of a waiting user is refused.
                    self.commits.run(world.a_claim(pass, Some(queue))).await.ok();
                }
            }
            7 | 8 => {
                self.scheduler.tick(&[queue]).await.expect("a tick");
            }
            _ => world.pass_seconds(random.i64(1..90)),
        }
    }
}

fn new_room(world: &World, ports: &Ports) -> Arc<WaitingRoom> {
    Arc::new(a_waiting_room(ports.tokens.clone(), ports.catalogue.clone(), world.clock.clone()))
}

async fn live(world: &World, queue: QueueId) -> Vec<QueueToken> {
    world.ports.tokens.live(queue, 0, ALL).await.unwrap().into_iter().map(|token| token.row).collect()
}

async fn token_of(world: &World, queue: QueueId, user: UserId) -> Option<QueueToken> {
    live(world, queue).await.into_iter().find(|token| token.user() == user)
}

/// Asserts that `room` and a count over the rows agree about both queues.
async fn assert_equals_rows(world: &World, room: &WaitingRoom, whose: &str) {
    room.refresh().await.unwrap();
    for queue in [Queue::DEFAULT, OTHER_QUEUE] {
        let (tokens, now) = (live(world, queue).await, world.now());
        let waiting: Vec<_> = tokens.iter().filter(|token| token.status(now) == TokenStatus::Waiting).collect();
        let active = tokens.iter().filter(|token| token.status(now) == TokenStatus::Active).count();
        let figures = room.figures(queue).expect("the queue");
        assert_eq!((figures.waiting, figures.active), (waiting.len() as u64, active as u64), "{whose} figures");
        for token in &tokens {
            assert_eq!(room.find(token.id()).await.unwrap().as_ref(), Some(token), "{whose} token");
        }
        for (ahead, token) in waiting.into_iter().enumerate() {
            assert_eq!(room.place(token).position, Some(ahead as u64 + 1), "{whose} position of number {}", token.number());
        }
    }
}

async fn compare_random_run(adapter: &dyn Adapter, seed: u64) {
    let world = World::with_halls(adapter, 2).await;
    let process = Process::of(&world);
    let reloaded = new_room(&world, &world.ports);
    let other = match adapter.beside(world.clock.clone()).await {
        Some(ports) => {
            let room = new_room(&world, &ports);
            let seat_maps = Arc::new(SeatMaps::new(ports.catalogue.clone(), world.clock.clone(), MemoryLimits::default().seat_maps));
            let read_models: Vec<Arc<dyn ReadModel>> = vec![room.clone(), seat_maps];
            let follower = Follower::start(ports.log.clone(), read_models, DAY).await.unwrap();
            Some((room, follower))
        }
        None => None,
    };
    let (mut other, mut random) = (other, Rng::with_seed(seed));
    for step in 0..STEPS {
        process.step(&world, &mut random).await;
        assert_equals_rows(&world, &process.room, "the process's own").await;
        if let Some((room, follower)) = &mut other {
            follower.follow().await.unwrap();
            assert_equals_rows(&world, room, "the following room's").await;
        }
        if step % 30 == 0 {
            reloaded.reload().await.unwrap();
            assert_equals_rows(&world, &reloaded, "the reloaded room's").await;
        }
    }
    process.commits.close().await;
    world.assert_audit_is_clean().await;
}

/// A room that observes its own commits, one that follows the log, and one that reloads all rows agree with the rows after every step.
pub async fn the_waiting_room_equals_a_count_over_the_rows(adapter: &dyn Adapter) {
    for seed in 0..RUNS * u64::from(adapter.soak()) {
        compare_random_run(adapter, seed).await;
    }
}
