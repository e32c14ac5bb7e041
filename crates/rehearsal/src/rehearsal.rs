//! A rehearsal from start to end: the virtual users visit the server, then the checker reads the accounts and checks the promises.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use thiserror::Error;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use uuid::Uuid;

use crate::checker::{Evidence, Terms, judge};
use crate::history::Request;
use crate::inspection;
use crate::intent::{Intent, arrivals};
use crate::live::{Live, Progress};
use crate::record::Record;
use crate::scenario::Scenario;
use crate::summary;
use crate::visitor::Visitor;
use crate::wire::{Pool, Server, UnknownServer};
use crate::world::World;

/// The interval between two progress reports.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(250);
/// The time after which requests that were pending when the users were stopped have been decided.
const SETTLE_TIME: Duration = Duration::from_secs(3);
/// The time limit for reading the accounts, and for the audit.
const INSPECTION_TIMEOUT: Duration = Duration::from_mins(2);

/// The scenario and the target of a rehearsal.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// The scenario.
    pub scenario: Scenario,
    /// The seed of the users' behaviour.
    pub seed: u64,
    /// The URL of the server, like `http://127.0.0.1:8080`.
    pub server: String,
    /// The concert that is on sale.
    pub concert: Uuid,
    /// The schedule whose seats the users buy.
    pub schedule: Uuid,
    /// Access tokens of existing users; the remaining users register.
    pub jwts: Vec<String>,
    /// An operator's access token, for the store's own audit.
    pub operator: Option<String>,
    /// Whether the server was started for this rehearsal: it has the scenario's policy and no other users.
    pub own: bool,
    /// The unique name of this run.
    pub run: String,
    /// The start time, RFC 3339.
    pub started_at: String,
}

/// A rehearsal failed and has no results.
#[derive(Debug, Error)]
pub enum RehearsalError {
    /// The address of the server is invalid or unknown.
    #[error(transparent)]
    Server(#[from] UnknownServer),
    /// The runtime of the virtual users can't be started on this machine.
    #[error("the virtual users can't be started")]
    Machine(#[from] std::io::Error),
    /// No request got a response.
    #[error("{0} responded to no request")]
    Silence(String),
    /// The accounts or the audit weren't read in time.
    #[error("the accounts could not be read in time")]
    Inspection(#[from] tokio::time::error::Elapsed),
}

impl Rehearsal {
    /// Runs until all users have finished, the time limit is reached, or `stop` completes, and reports the progress to `watch` regularly.
    ///
    /// # Errors
    /// If the server can't be found, or no request gets a response, or the accounts can't be read in time.
    pub fn run(self, stop: impl Future<Output = ()>, watch: impl FnMut(&Progress)) -> Result<Record, RehearsalError> {
        let server = Server::resolve(&self.server)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        LocalSet::new().block_on(&runtime, self.execute(server, stop, watch))
    }

    async fn execute(
        self,
        server: Server,
        stop: impl Future<Output = ()>,
        mut watch: impl FnMut(&Progress),
    ) -> Result<Record, RehearsalError> {
        let Self { scenario, seed, server: url, concert, schedule, mut jwts, operator, own, run, started_at } = self;
        jwts.resize(scenario.users as usize, String::new());
        let world = Rc::new(World {
            pool: Pool::new(server, scenario.connections as usize),
            scenario: scenario.clone(),
            concert: concert.into(),
            schedule: schedule.into(),
            run,
            start: Instant::now(),
            history: RefCell::default(),
            live: RefCell::new(Live::new(scenario.users, scenario.seats)),
            jwts: RefCell::new(jwts),
        });
        let mut visits = JoinSet::new();
        {
            let limit = Duration::from_secs(scenario.time_limit_seconds.into());
            let all_visits = run_visits(&world, seed, &mut visits);
            let mut reports = interval(PROGRESS_INTERVAL);
            reports.set_missed_tick_behavior(MissedTickBehavior::Delay);
            tokio::pin!(all_visits, stop);
            let time_limit = sleep(limit);
            tokio::pin!(time_limit);
            loop {
                tokio::select! {
                    () = &mut all_visits => break,
                    () = &mut stop => break,
                    () = &mut time_limit => break,
                    _ = reports.tick() => watch(&progress(&world)),
                }
            }
        }
        let end = world.now();
        let were_stopped = !visits.is_empty();
        visits.shutdown().await;
        watch(&progress(&world));
        if world.history.borrow().iter().all(|exchange| exchange.status().is_none()) {
            return Err(RehearsalError::Silence(url));
        }
        if were_stopped {
            sleep(SETTLE_TIME).await;
        }
        let accounts = timeout(INSPECTION_TIMEOUT, inspection::accounts(&world)).await?;
        let audit = match &operator {
            Some(operator) => Some(timeout(INSPECTION_TIMEOUT, inspection::audit(&world, operator)).await?),
            None => None,
        };
        let history = world.history.take();
        let terms = Terms { capacity: own.then_some(scenario.policy.capacity), is_exclusive: own };
        let mut verdicts = judge(Evidence { history: &history, accounts: &accounts }, terms);
        verdicts.extend(audit);
        let exchanges: Vec<_> = history.into_iter().filter(|exchange| !matches!(exchange.request, Request::Inspect(_))).collect();
        let sales = summary::sales(&exchanges);
        Ok(Record {
            scenario: scenario.name.clone(),
            seed,
            started_at,
            seconds: summary::span(end),
            users: scenario.users.into(),
            seats: scenario.seats.into(),
            payments_per_second: sales.payments_per_second,
            sold: sales.seats,
            timeline: summary::timeline(&exchanges),
            operations: summary::operations(&exchanges),
            verdicts,
            what_if: Vec::new(),
        })
    }
}

fn progress(world: &World) -> Progress {
    world.live.borrow_mut().take_progress(summary::span(world.now()))
}

/// Starts each visit at its arrival time, regardless of the progress of earlier ones, and waits until all have ended.
async fn run_visits(world: &Rc<World>, seed: u64, visits: &mut JoinSet<()>) {
    let arrivals = arrivals(world.scenario.users, world.scenario.arrival, seed);
    for (user, at) in (0..).zip(arrivals) {
        let due = u64::try_from(at.as_micros()).unwrap_or(u64::MAX);
        if due > world.now() {
            world.wait_until(due).await;
        }
        let intent = Intent::draw(&world.scenario, seed, user);
        visits.spawn_local(Visitor::new(world.clone(), user, intent, due).visit());
    }
    while let Some(visit) = visits.join_next().await {
        if let Err(error) = visit
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}
