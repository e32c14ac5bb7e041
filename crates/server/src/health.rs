//! Whether this instance should be sent requests: it is not stopping, and its store answered lately.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use adapters_http::Readiness;
use application::ports::Pulse;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;

/// Between two questions to the store, and how long it may take to answer one.
const EVERY: Duration = Duration::from_secs(1);

const STORE_UP: &str = "frontrow_store_up";

/// What is known of this instance's health.
#[derive(Default)]
pub(crate) struct Health {
    stopping: AtomicBool,
    /// What is wrong with the store; none: nothing.
    store: RwLock<Option<String>>,
}

impl Health {
    /// No more requests are wanted.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// The answer, from memory.
    pub(crate) fn readiness(&self) -> Readiness {
        if self.stopping.load(Ordering::Relaxed) {
            return Readiness::NotReady("the server is stopping".into());
        }
        match &*self.store.read().unwrap_or_else(PoisonError::into_inner) {
            Some(wrong) => Readiness::NotReady(wrong.clone()),
            None => Readiness::Ready,
        }
    }

    /// Asks the store every second, until `stop`.
    pub(crate) async fn watch(self: Arc<Self>, pulse: Arc<dyn Pulse>, stop: CancellationToken) {
        metrics::describe_gauge!(STORE_UP, "1 if the store answered when it was last asked, else 0.");
        let up = metrics::gauge!(STORE_UP);
        let mut ticks = interval(EVERY);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            let wrong = match timeout(EVERY, pulse.check()).await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(_elapsed) => Some("the store does not answer".to_owned()),
            };
            up.set(if wrong.is_none() { 1.0 } else { 0.0 });
            *self.store.write().unwrap_or_else(PoisonError::into_inner) = wrong;
        }
    }
}
