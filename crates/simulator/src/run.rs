//! A run: executes a plan in simulated time, then checks that the system settles and its instances stop.

use std::sync::Arc;
use std::time::Duration;

use application::ports::Clock;
use domain::queue::PolicyOverrides;
use domain::{Change, Concert, ConcertId, Money, Queue, QueueId, ReservationState, Schedule, ScheduleId, Seat, SeatNumber, Write, Zone};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::plan::{Fault, Plan};
use crate::reader::Reader;
use crate::statistics::Statistics;
use crate::violation::{Check, Violation, ensure};
use crate::world::World;
use crate::{lifecycle, monitor, operator, user};

/// Maximum duration of a run, in simulated time.
const MAX_DURATION: Duration = Duration::from_hours(2);

/// Maximum time in which a run settles: a long queue is admitted batch by batch, and each batch may let its admissions expire.
const MAX_SETTLING: Duration = Duration::from_hours(1);

/// The result of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The first violation, if there is one.
    pub violation: Option<Violation>,
    /// The log of the run, line by line; empty unless requested.
    pub story: Vec<String>,
    /// Counts of steps, commits, requests, payments and faults.
    pub statistics: Statistics,
    /// A hash of all commits and their times; equal for all runs of the same plan.
    pub fingerprint: u64,
}

/// Runs a plan, and records its story if `with_story` is set.
///
/// # Panics
/// If the runtime can't be built.
#[must_use]
#[expect(clippy::expect_used, reason = "a current-thread runtime without an I/O driver needs no resource that could be missing")]
pub fn run(plan: &Plan, with_story: bool) -> Ended {
    fastrand::seed(plan.seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("the runtime should build");
    runtime.block_on(async {
        let world = World::new(plan.clone(), with_story);
        let all = async {
            if timeout(MAX_DURATION, execute(&world)).await.is_err() {
                world.check(Err(Violation { rule: "liveness", how: "the run does not end", what: format!("within {MAX_DURATION:?}") }));
            }
        };
        world.failed.run_until_cancelled(all).await;
        let (violation, story, statistics, fingerprint) = world.end();
        Ended { violation, story, statistics, fingerprint }
    })
}

async fn execute(world: &Arc<World>) {
    create_catalogue(world).await;
    for number in 0..world.plan.instances {
        lifecycle::start(world, number, 0).await;
    }
    let monitor = tokio::spawn(monitor::watch(world.clone()));
    let mut readers = Vec::new();
    for plan in &world.plan.readers {
        readers.extend(Reader::new(world, *plan).await);
    }
    let (mut reader_tasks, stop) = (JoinSet::new(), CancellationToken::new());
    for reader in readers {
        reader_tasks.spawn(reader.run(stop.clone()));
    }
    let mut faults = JoinSet::new();
    for (number, fault) in (0..).zip(world.plan.faults.clone()) {
        faults.spawn(inject(world.clone(), number, fault));
    }
    let mut actors = JoinSet::new();
    for plan in world.plan.users.clone() {
        actors.spawn(user::run(world.clone(), plan));
    }
    for plan in world.plan.orders.clone() {
        actors.spawn(operator::run(world.clone(), plan));
    }
    join_all(world, actors).await;
    join_all(world, faults).await;
    settle(world).await;
    monitor.abort();
    for number in 0..world.plan.instances {
        lifecycle::stop(world, number).await;
    }
    stop.cancel();
    join_all(world, reader_tasks).await;
    let audited = world.ports.audit.audit().await;
    world.check(check_audit(audited));
}

/// Waits for all tasks; a panic in one of them fails the run.
async fn join_all(world: &World, mut tasks: JoinSet<()>) {
    while let Some(done) = tasks.join_next().await {
        let panicked = |error: tokio::task::JoinError| Violation { rule: "P8", how: "a task panicked", what: error.to_string() };
        world.check(done.map_err(panicked));
    }
}

/// Injects a fault at its time.
async fn inject(world: Arc<World>, number: u64, fault: Fault) {
    match fault {
        // The connection injects these into calls during their period.
        Fault::Calls { .. } => {}
        Fault::Crash { instance, at, downtime } => {
            sleep(Duration::from_millis(at)).await;
            if lifecycle::kill(&world, instance) {
                world.record_fault("Crash", || format!("instance {instance} crashes"));
                sleep(Duration::from_millis(downtime)).await;
                lifecycle::start(&world, instance, number + 1).await;
            }
        }
        Fault::Restart { instance, at, downtime } => {
            sleep(Duration::from_millis(at)).await;
            world.record_fault("Restart", || format!("instance {instance} stops"));
            if lifecycle::stop(&world, instance).await {
                sleep(Duration::from_millis(downtime)).await;
                lifecycle::start(&world, instance, number + 1).await;
            }
        }
        Fault::ClockJump { at, by } => {
            sleep(Duration::from_millis(at)).await;
            world.clock.jump(by);
            world.record_fault("ClockJump", || format!("the store's clock jumps by {by} ms"));
        }
    }
}

/// Ends fault injection, waits until all holds and admissions have ended, and checks that the system has settled.
async fn settle(world: &Arc<World>) {
    world.end_faults();
    world.record(|| "fault injection ends".to_owned());
    let settled = async {
        while is_unsettled(world) || !monitor::is_quiet(world) {
            sleep(Duration::from_millis(500)).await;
        }
    };
    let is_settled = timeout(MAX_SETTLING, settled).await.is_ok();
    let detail = || format!("{} ms without commits", world.without_commits());
    world.check(monitor::check_expired(world));
    world.check(ensure(is_settled, "liveness", "the system does not settle", detail));
    let read_models = monitor::check_read_models(world).await;
    world.check(read_models);
}

/// Whether a reservation is held, a token is active, or a queue can still admit a waiting user.
fn is_unsettled(world: &World) -> bool {
    let now = world.clock.now();
    let mut model = world.model();
    let crate::model::Model { queues, inventory, .. } = &mut *model;
    inventory.holdings().any(|(_, holding)| holding.state == ReservationState::Held)
        || queues.all().any(|(queue, line)| {
            !line.active.is_empty() || (!line.waiting.is_empty() && line.is_moving() && inventory.is_worth_waiting(queue, now))
        })
}

fn check_audit(audited: Result<Vec<application::ports::Finding>, application::ports::ReadError>) -> Check {
    let findings = audited.map_err(|error| Violation { rule: "P7", how: "the audit failed", what: error.to_string() })?;
    let broken: Vec<_> = findings.iter().filter(|finding| finding.violations > 0).map(|finding| finding.invariant.name()).collect();
    ensure(broken.is_empty(), "P1", "the audit found violations", || broken.join(", "))
}

/// Creates the queues, concerts, schedules and seats of the plan.
#[expect(clippy::expect_used, reason = "plans contain only valid values")]
async fn create_catalogue(world: &World) {
    let now = world.clock.now();
    let after = |at: u64| now + time::Duration::milliseconds(i64::try_from(at).unwrap_or(i64::MAX));
    let id = |kind: u128, number: u128| Uuid::from_u128((3 << 96) + (kind << 64) + number);
    let mut change = Change::default();
    for (number, concert) in (1..).zip(&world.plan.concerts) {
        let queue = if concert.own_queue { QueueId(id(1, number)) } else { Queue::DEFAULT };
        if concert.own_queue {
            change.write(Write::insert(Queue::new(queue, format!("Queue {number}"), PolicyOverrides::default(), None)));
        }
        let concert_id = ConcertId(id(2, number));
        change.write(Write::insert(Concert::new(concert_id, format!("Concert {number}"), "A band".to_owned(), queue)));
        for (schedule_number, schedule) in (1..).zip(&concert.schedules) {
            let schedule_id = ScheduleId(id(3, 100 * number + schedule_number));
            let sale = after(schedule.opens)..after(schedule.closes);
            let starts_at = sale.end + time::Duration::DAY;
            change.write(Write::insert(Schedule::new(
                schedule_id,
                concert_id,
                starts_at,
                Zone::new("UTC").expect("UTC is a valid time zone"),
                sale,
            )));
            for seat in 1..=schedule.seats {
                let (number, price) = (
                    SeatNumber::new(seat).expect("seat numbers of plans are valid"),
                    Money::new(schedule.price).expect("prices of plans are valid"),
                );
                change.write(Write::insert(Seat::new(schedule_id, number, format!("Seat {seat}"), price)));
            }
        }
    }
    world.commit(0, &[change]).await;
}
