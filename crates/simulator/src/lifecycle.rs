//! The start, stop and crash of instances.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use application::housekeeper::Retention;
use application::scheduler::Intervals;
use application::service::{Parts, Settings};
use application::{MemoryLimits, Service};
use domain::{Charging, Money, QueuePolicy, Rules};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::clock::InstanceClock;
use crate::connection::Connection;
use crate::instance::Instance;
use crate::plan::{Numbers, Plan};
use crate::rng::Rng;
use crate::violation::ensure;
use crate::world::World;

/// Maximum time that the last calls of the store take after the deadlines of all requests, in milliseconds.
const STOP_MARGIN: u64 = 8_000;
/// Maximum error of an instance's estimate of the store's clock, in milliseconds.
const MAX_CLOCK_ERROR: u64 = 20;

/// Starts instance `number` for its `start`th restart, retrying until the store can be read.
pub(crate) async fn start(world: &Arc<World>, number: u64, start: u64) {
    let ahead = Rng::of(&[world.plan.seed, 2, number, start]).among(0..=2 * MAX_CLOCK_ERROR);
    let ahead = time::Duration::milliseconds(i64::try_from(ahead).unwrap_or(0) - i64::try_from(MAX_CLOCK_ERROR).unwrap_or(0));
    let clock = Arc::new(InstanceClock { store: world.clock.clone(), ahead });
    loop {
        let dead = CancellationToken::new();
        let connection = Connection::new(world.clone(), number, start, dead.clone());
        let parts = Parts { ports: connection.ports(), clock: clock.clone(), ids: world.ids.clone(), rules: rules(&world.plan.numbers) };
        if let Ok(service) = Service::start(parts, settings(&world.plan)).await {
            world.record(|| format!("instance {number} starts"));
            let mut instances = world.instances.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(slot) = usize::try_from(number).ok().and_then(|number| instances.get_mut(number)) {
                *slot = Some(Arc::new(Instance { number, service, dead }));
            }
            return;
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// Crashes instance `number`, if it is running. Its calls in flight may reach the store, and never return.
pub(crate) fn kill(world: &World, number: u64) -> bool {
    let killed = take(world, number);
    if let Some(instance) = &killed {
        instance.dead.cancel();
    }
    killed.is_some()
}

/// Stops instance `number` gracefully, as SIGTERM does, and checks that its requests and tasks end in time.
pub(crate) async fn stop(world: &World, number: u64) -> bool {
    let Some(instance) = take(world, number) else { return false };
    let within = Duration::from_millis(2 * world.plan.numbers.deadline + STOP_MARGIN);
    let stopped = timeout(within, instance.service.end()).await.is_ok();
    let detail = || format!("instance {number}, within {within:?}");
    // A stalled call delays the end of the tasks.
    world.check(ensure(stopped || world.has_stalled(), "liveness", "an instance does not stop", detail));
    instance.dead.cancel();
    true
}

/// Removes instance `number` from the running instances, if it is one of them.
fn take(world: &World, number: u64) -> Option<Arc<Instance>> {
    let mut instances = world.instances.lock().unwrap_or_else(PoisonError::into_inner);
    usize::try_from(number).ok().and_then(|number| instances.get_mut(number)).and_then(Option::take)
}

fn milliseconds(time: u64) -> time::Duration {
    time::Duration::milliseconds(i64::try_from(time).unwrap_or(i64::MAX))
}

/// The rules of a run.
#[expect(clippy::expect_used, reason = "constants and numbers of plans are valid")]
pub(crate) fn rules(numbers: &Numbers) -> Rules {
    Rules {
        hold: milliseconds(numbers.hold),
        max_seats_per_user: numbers.max_seats,
        currency: "KRW".parse().expect("KRW is a valid currency"),
        charging: Charging::Open,
        max_charge: Money::new(1_000_000).expect("the maximum charge is a valid amount"),
        max_balance: Money::new(numbers.max_balance).expect("maximum balances of plans are valid amounts"),
        queue: QueuePolicy {
            capacity: numbers.capacity,
            batch: numbers.batch,
            active: milliseconds(numbers.active),
            claim: milliseconds(numbers.claim),
            max_waiting: numbers.max_waiting,
        },
        key_retention: milliseconds(numbers.key_retention),
        sessions: domain::SessionRules::default(),
    }
}

fn settings(plan: &Plan) -> Settings {
    let numbers = &plan.numbers;
    Settings {
        lanes: usize::try_from(numbers.lanes).unwrap_or(1),
        max_waiting: usize::try_from(numbers.max_queue).unwrap_or(1),
        max_batch: usize::try_from(numbers.max_batch).unwrap_or(1),
        deadline: Duration::from_millis(numbers.deadline),
        max_waiting_operator_commands: 8,
        operator_deadline: Duration::from_millis(2 * numbers.deadline),
        follow: Duration::from_millis(numbers.follow),
        intervals: Intervals { tick: Duration::from_millis(numbers.tick), sweep: Duration::from_millis(numbers.sweep) },
        retention: Retention {
            period: Duration::from_millis(numbers.housekeeping),
            events: Duration::from_millis(numbers.event_retention),
            unread_events: Duration::from_hours(24),
            // A stored response names its reservation.
            reservations: Duration::from_millis(numbers.key_retention),
            tokens: Duration::from_millis(numbers.token_retention),
            sessions: Duration::from_hours(24),
            unused_users: Duration::from_hours(24),
        },
        memory: memory(plan.seed),
    }
}

/// In one run of two, the limits of memory are so low that only a part of the rows fits; the rest is evicted and read again.
fn memory(seed: u64) -> MemoryLimits {
    if seed.is_multiple_of(2) {
        MemoryLimits::default()
    } else {
        MemoryLimits { seat_maps: 6_000, layouts: 1_000, catalogue: 2_000, ended_tokens: 2_000, unknown_tokens: 100 }
    }
}
