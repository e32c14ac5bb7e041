//! A reader of the event log, which sometimes restarts at its last kept position.

use std::sync::Arc;
use std::time::Duration;

use application::ports::{Log, ReaderName};
use application::use_cases::admin::ReadEvents;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::model::EventsRead;
use crate::plan::ReaderPlan;
use crate::rng::Rng;
use crate::violation::{Violation, ensure};
use crate::world::World;

/// A reader of the event log.
pub(crate) struct Reader {
    world: Arc<World>,
    plan: ReaderPlan,
    events: ReadEvents,
    name: ReaderName,
    rng: Rng,
    read: EventsRead,
    /// Progress at the last kept position.
    kept: EventsRead,
}

impl Reader {
    /// Registers a reader at the start of the log; `None` if its name is invalid.
    pub(crate) async fn new(world: &Arc<World>, plan: ReaderPlan) -> Option<Self> {
        let log: Arc<dyn Log> = world.ports.log.clone();
        let name = ReaderName::new(&format!("reader-{}", plan.number)).ok()?;
        let rng = Rng::of(&[world.plan.seed, 5, plan.number]);
        let (world, events) = (world.clone(), ReadEvents::new(log));
        let mut reader = Self { world, plan, events, name, rng, read: EventsRead::default(), kept: EventsRead::default() };
        reader.keep().await;
        Some(reader)
    }

    /// Reads pages until `stop` is cancelled, then reads the rest of the log.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            self.page().await;
            match self.rng.among(0..=9) {
                0..=3 => self.keep().await,
                // Restarts at the last kept position.
                4 => self.read = self.kept,
                _ => {}
            }
            let pause = self.rng.among(1..=self.plan.pause);
            stop.run_until_cancelled(sleep(Duration::from_millis(pause))).await;
        }
        self.finish().await;
    }

    async fn keep(&mut self) {
        match self.events.keep_reader(&self.name, self.read.position).await {
            Ok(()) => self.kept = self.read,
            Err(error) => self.fail(format!("{error}")),
        }
    }

    /// Reads and checks a page, and returns whether it reached the end of the log.
    async fn page(&mut self) -> bool {
        match self.events.page(Some(self.read.position), self.plan.page).await {
            Ok(page) => {
                let read = self.world.model().check_page(self.read, &page);
                match read {
                    Ok(read) => self.read = read,
                    Err(violation) => self.world.check(Err(violation)),
                }
                page.position >= page.end
            }
            Err(error) => {
                self.fail(format!("{error}"));
                true
            }
        }
    }

    fn fail(&self, what: String) {
        self.world.check(Err(Violation { rule: "readers", how: "a reader cannot resume at its position", what }));
    }

    async fn finish(mut self) {
        while !self.page().await {
            if self.world.failed.is_cancelled() {
                return;
            }
        }
        let all = self.world.model().events.len();
        let detail = || format!("{} of {all} events", self.read.count);
        self.world.check(ensure(self.read.count == all, "readers", "the event log ends before the last event", detail));
    }
}
