//! Whether this instance should be sent requests: its read models are loaded, it is not stopping, and a store of its own answered lately and takes
//! writes. A store that all instances share is no fault of this one: if all of them said so, they would leave their balancer together, and no poll would
//! be answered from memory any more.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use adapters_http::Readiness;
use application::ports::HealthCheck;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;

/// Between two questions to the store, and how long it may take to answer one.
const EVERY: Duration = Duration::from_secs(1);

const STORE_UP: &str = "frontrow_store_up";

/// Whose the store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// This process's own.
    Own,
    /// Several processes serve it.
    Shared,
}

/// What is known of this instance's health.
pub(crate) struct Health {
    whose: Store,
    loaded: AtomicBool,
    stopping: AtomicBool,
    /// What is wrong with the store; none: nothing.
    store: RwLock<Option<String>>,
}

impl Health {
    /// An instance whose read models are not loaded yet.
    pub(crate) fn new(whose: Store) -> Self {
        Self { whose, loaded: AtomicBool::new(false), stopping: AtomicBool::new(false), store: RwLock::default() }
    }

    /// The read models are loaded.
    pub(crate) fn loaded(&self) {
        self.loaded.store(true, Ordering::Relaxed);
    }

    /// No more requests are wanted.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// The answer, from memory.
    pub(crate) fn readiness(&self) -> Readiness {
        if self.stopping.load(Ordering::Relaxed) {
            return Readiness::NotReady("the server is stopping".into());
        }
        if !self.loaded.load(Ordering::Relaxed) {
            return Readiness::NotReady("the read models are not loaded yet".into());
        }
        match (&*self.store.read().unwrap_or_else(PoisonError::into_inner), self.whose) {
            (None, _) => Readiness::Ready,
            (Some(wrong), Store::Shared) => Readiness::Degraded(wrong.clone()),
            (Some(wrong), Store::Own) => Readiness::NotReady(wrong.clone()),
        }
    }

    /// Asks the store every second, until `stop`.
    pub(crate) async fn watch(self: Arc<Self>, health_check: Arc<dyn HealthCheck>, stop: CancellationToken) {
        metrics::describe_gauge!(STORE_UP, "1 if the store answered when it was last asked, and takes writes; else 0.");
        let up = metrics::gauge!(STORE_UP);
        let mut ticks = interval(EVERY);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            up.set(if self.ask(&*health_check).await { 1.0 } else { 0.0 });
        }
    }

    /// Asks the store once; whether it is well. A change is logged.
    async fn ask(&self, health_check: &dyn HealthCheck) -> bool {
        let wrong = match timeout(EVERY, health_check.check()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_elapsed) => Some("the store does not answer".to_owned()),
        };
        let mut known = self.store.write().unwrap_or_else(PoisonError::into_inner);
        if *known != wrong {
            if let Some(wrong) = &wrong {
                tracing::error!(%wrong, "the store is at fault");
            } else {
                tracing::info!("the store is well");
            }
        }
        *known = wrong;
        known.is_none()
    }
}

#[cfg(test)]
mod tests {
    use application::ports::{MockHealthCheck, ReadError};

    use super::*;

    async fn with_a_full_disk(whose: Store) -> Health {
        let mut health_check = MockHealthCheck::new();
        health_check.expect_check().returning(|| Err(ReadError::NotWritable("the disk is full".into())));
        let health = Health::new(whose);
        health.loaded();
        assert!(!health.ask(&health_check).await);
        health
    }

    fn not_ready(why: &str) -> Readiness {
        Readiness::NotReady(why.to_owned())
    }

    #[tokio::test]
    async fn a_fault_of_the_instances_own_store_makes_it_not_ready() {
        let health = with_a_full_disk(Store::Own).await;
        assert_eq!(health.readiness(), not_ready("the store can't be written: the disk is full"));
    }

    #[tokio::test]
    async fn a_fault_of_a_shared_store_is_reported_and_the_instance_stays_ready() {
        let health = with_a_full_disk(Store::Shared).await;
        assert_eq!(health.readiness(), Readiness::Degraded("the store can't be written: the disk is full".into()));
    }

    #[tokio::test]
    async fn an_instance_that_stops_or_has_not_loaded_its_read_models_is_not_ready_whatever_its_store() {
        for whose in [Store::Own, Store::Shared] {
            let health = Health::new(whose);
            assert_eq!(health.readiness(), not_ready("the read models are not loaded yet"));
            health.loaded();
            assert_eq!(health.readiness(), Readiness::Ready);
            health.stop();
            assert_eq!(health.readiness(), not_ready("the server is stopping"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_does_not_answer_in_time_is_at_fault_until_it_does() {
        let health = Health::new(Store::Shared);
        health.loaded();
        assert!(!health.ask(&Silent).await);
        assert_eq!(health.readiness(), Readiness::Degraded("the store does not answer".into()));
        let mut health_check = MockHealthCheck::new();
        health_check.expect_check().returning(|| Ok(()));
        assert!(health.ask(&health_check).await);
        assert_eq!(health.readiness(), Readiness::Ready);
    }

    /// A store that never answers.
    struct Silent;

    #[async_trait::async_trait]
    impl HealthCheck for Silent {
        async fn check(&self) -> Result<(), ReadError> {
            std::future::pending().await
        }
    }
}
