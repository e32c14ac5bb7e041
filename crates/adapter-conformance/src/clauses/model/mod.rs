//! The model: random requests of users and commands of operators must have the same results on the memory store, which is the executable
//! specification, and on the adapter.

mod coverage;
mod intents;
mod operator_intent;
mod operators;
mod play;
mod request;
mod size;
mod steps;

use std::sync::Arc;

use application::ports::Ports;
use application::testing::StoppedClock;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::Adapter;
use crate::world::{World, a_catalogue};
use coverage::Coverage;
use operator_intent::OperatorIntent;
use play::RandomRun;
use size::SEATS;

/// The number of runs that is sufficient to commit each kind of command at least once.
const RUNS_THAT_COVER_ALL: u32 = 24;

/// Every port: random requests, in groups and with late commits, with operators' commands between them and a moving clock, have the same
/// results as in memory: the results of all needs, every response and conflict, and the visible state at the end; the audit finds no
/// violation.
#[expect(clippy::unused_async, reason = "clauses are asynchronous")]
pub async fn random_requests_have_the_same_results_as_in_memory(adapter: &dyn Adapter) {
    let config = Config { cases: adapter.model_runs() * adapter.soak(), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (runtime, coverage) = (Handle::current(), Coverage::default());
    let result = block_in_place(|| {
        runner.run(&steps::random_steps(), |steps| {
            runtime.block_on(async {
                let (world, memory) = two_worlds(adapter).await;
                RandomRun::new(world, memory, &coverage).all(&steps).await
            })
        })
    });
    match result {
        Ok(()) => {
            let missing = coverage.missing(play::REQUESTS.into_iter().chain(OperatorIntent::NAMES));
            assert!(missing.is_empty() || adapter.model_runs() < RUNS_THAT_COVER_ALL, "never committed: {missing:?}");
        }
        Err(TestError::Fail(reason, steps)) => panic!("{reason}\nafter {steps:#?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

/// Creates the adapter's world, and a memory store with the same clock and the same catalogue.
async fn two_worlds(adapter: &dyn Adapter) -> (World, Ports) {
    let clock = Arc::new(StoppedClock::default());
    let memory = adapters_memory::MemoryStore::new(clock.clone()).ports();
    let mut world = World::over(adapter.fresh(clock.clone()).await, clock);
    world.rules.queue.capacity = 3;
    world.rules.queue.batch = 2;
    world.rules.queue.max_waiting = Some(2);
    let catalogue = a_catalogue(SEATS, world.now());
    for ports in [&world.ports, &memory] {
        catalogue.insert_into(&*ports.store).await;
    }
    (world, memory)
}
