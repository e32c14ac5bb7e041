//! The model: random requests of buyers and commands of operators must come to the same on the memory store, which is the executable
//! specification, and on the adapter.

mod coverage;
mod intents;
mod operators;
mod play;
mod request;
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
use operators::Wanted;
use play::Play;

/// How many seats a hall has: few, so that everybody wants the same ones.
const SEATS: u32 = 5;

/// So many runs commit each sort of command at least once.
const RUNS_THAT_COVER_ALL: u32 = 24;

/// Every port: random requests, in groups and late, with operators' commands between them, on a clock that moves, come to the same as in
/// memory: everything that needs find, every answer and every conflict, everything that can be seen in the end; and no promise is broken.
#[expect(clippy::unused_async, reason = "every clause is asynchronous")]
pub async fn random_requests_come_to_the_same_as_in_memory(adapter: &dyn Adapter) {
    let config = Config { cases: adapter.model_runs() * adapter.soak(), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (runtime, coverage) = (Handle::current(), Coverage::default());
    let result = block_in_place(|| {
        runner.run(&steps::plays(), |steps| {
            runtime.block_on(async {
                let (world, memory) = two_worlds(adapter).await;
                Play::new(world, memory, &coverage).all(&steps).await
            })
        })
    });
    match result {
        Ok(()) => {
            let missing = coverage.missing(play::REQUESTS.into_iter().chain(Wanted::NAMES));
            assert!(missing.is_empty() || adapter.model_runs() < RUNS_THAT_COVER_ALL, "never committed: {missing:?}");
        }
        Err(TestError::Fail(reason, steps)) => panic!("{reason}\nafter {steps:#?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

/// The adapter's world, and a memory store with the same clock and the same bill.
async fn two_worlds(adapter: &dyn Adapter) -> (World, Ports) {
    let clock = Arc::new(StoppedClock::default());
    let memory = adapters_memory::MemoryStore::new(clock.clone()).ports();
    let mut world = World::over(adapter.fresh(clock.clone()).await, clock);
    world.rules.queue.capacity = 3;
    world.rules.queue.batch = 2;
    world.rules.queue.max_waiting = Some(2);
    let catalogue = a_catalogue(SEATS, world.now());
    for ports in [&world.ports, &memory] {
        catalogue.put_on(&*ports.store).await;
    }
    (world, memory)
}
