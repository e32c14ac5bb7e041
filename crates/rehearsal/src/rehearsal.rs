//! A rehearsal from the beginning to the end: the crowd comes, the referee looks at the accounts, and judges.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use thiserror::Error;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use uuid::Uuid;

use crate::checker::{Evidence, Terms, judge};
use crate::history::Asked;
use crate::inspection;
use crate::intent::{Intent, arrivals};
use crate::live::{Live, Progress};
use crate::record::Record;
use crate::scenario::Scenario;
use crate::summary;
use crate::visitor::Visitor;
use crate::wire::{Pool, Server, UnknownServer};
use crate::world::World;

/// Between two looks at how things stand.
const LOOK: Duration = Duration::from_millis(250);
/// What was under way when the crowd was sent home has been decided by then.
const SETTLED: Duration = Duration::from_secs(3);
/// So long the referee may look at accounts.
const INSPECTION: Duration = Duration::from_mins(2);

/// What is played, and where.
#[derive(Debug, Clone)]
pub struct Play {
    /// Who comes for what.
    pub scenario: Scenario,
    /// What their wishes are drawn from.
    pub seed: u64,
    /// The server, like `http://127.0.0.1:8080`.
    pub server: String,
    /// What is on sale.
    pub concert: Uuid,
    /// The date that they come for.
    pub schedule: Uuid,
    /// Access tokens of users who exist; who has none registers.
    pub jwts: Vec<String>,
    /// An operator's access token, for the store's own audit.
    pub operator: Option<String>,
    /// Whether the server is the rehearsal's own: its policy is the scenario's, and nobody else is there.
    pub own: bool,
    /// What no other run is called.
    pub run: String,
    /// RFC 3339.
    pub started_at: String,
}

/// There was no rehearsal.
#[derive(Debug, Error)]
pub enum RehearsalError {
    /// Nowhere to go.
    #[error(transparent)]
    Server(#[from] UnknownServer),
    /// This machine can't.
    #[error("the crowd can't start")]
    Machine(#[from] std::io::Error),
    /// Nobody was answered at all.
    #[error("{0} answers nobody")]
    Silence(String),
    /// The referee couldn't finish.
    #[error("the accounts could not be looked at in time")]
    Inspection(#[from] tokio::time::error::Elapsed),
}

impl Play {
    /// Plays until everybody has gone, the time is up, or `stop` is there, and tells `watch` now and then how things stand.
    ///
    /// # Errors
    /// If the server can't be found, or answers nobody.
    pub fn run(self, stop: impl Future<Output = ()>, watch: impl FnMut(&Progress)) -> Result<Record, RehearsalError> {
        let server = Server::at(&self.server)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        LocalSet::new().block_on(&runtime, self.play(server, stop, watch))
    }

    async fn play(
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
            concert,
            schedule,
            run,
            start: Instant::now(),
            history: RefCell::default(),
            live: RefCell::new(Live::new(scenario.users, scenario.seats)),
            jwts: RefCell::new(jwts),
        });
        let mut visits = JoinSet::new();
        {
            let limit = Duration::from_secs(scenario.time_limit_seconds.into());
            let crowd = come(&world, seed, &mut visits);
            let mut looks = interval(LOOK);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            tokio::pin!(crowd, stop);
            let up = sleep(limit);
            tokio::pin!(up);
            loop {
                tokio::select! {
                    () = &mut crowd => break,
                    () = &mut stop => break,
                    () = &mut up => break,
                    _ = looks.tick() => watch(&look(&world)),
                }
            }
        }
        let end = world.now();
        let sent_home = !visits.is_empty();
        visits.shutdown().await;
        watch(&look(&world));
        if world.history.borrow().iter().all(|exchange| exchange.status().is_none()) {
            return Err(RehearsalError::Silence(url));
        }
        if sent_home {
            sleep(SETTLED).await;
        }
        let accounts = timeout(INSPECTION, inspection::accounts(&world)).await?;
        let audit = match &operator {
            Some(operator) => Some(timeout(INSPECTION, inspection::audit(&world, operator)).await?),
            None => None,
        };
        let history = world.history.take();
        let terms = Terms { capacity: own.then_some(scenario.policy.capacity), alone: own };
        let mut verdicts = judge(Evidence { history: &history, accounts: &accounts }, terms);
        verdicts.extend(audit);
        let played: Vec<_> = history.into_iter().filter(|exchange| !matches!(exchange.asked, Asked::Inspect(_))).collect();
        let sales = summary::sales(&played);
        Ok(Record {
            scenario: scenario.name.clone(),
            seed,
            started_at,
            seconds: summary::span(end),
            users: scenario.users.into(),
            seats: scenario.seats.into(),
            bookings_a_second: sales.bookings_a_second,
            sold: sales.seats,
            timeline: summary::timeline(&played),
            operations: summary::operations(&played),
            verdicts,
            what_if: Vec::new(),
        })
    }
}

fn look(world: &World) -> Progress {
    world.live.borrow_mut().look(summary::span(world.now()))
}

/// They come when they wish, whatever has become of those before; until all have gone.
async fn come(world: &Rc<World>, seed: u64, visits: &mut JoinSet<()>) {
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
