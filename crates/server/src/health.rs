//! The readiness of this instance. It is ready when its read models are loaded, it is not stopping, and its own store responds and accepts
//! writes. A fault of a store that all instances share doesn't make one unready: the load balancer would remove all of them at the same
//! time, and polls would no longer be answered from memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use adapters_http::Readiness;
use application::ports::HealthCheck;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;

/// The interval of health checks of the store, and the time limit of each.
const INTERVAL: Duration = Duration::from_secs(1);

const STORE_UP: &str = "frontrow_store_up";

/// The processes that use the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// Only this process.
    Own,
    /// Several processes.
    Shared,
}

/// The known health of this instance.
pub(crate) struct Health {
    sharing: Store,
    loaded: AtomicBool,
    stopping: AtomicBool,
    /// The fault of the store; `None`: no fault.
    store: RwLock<Option<String>>,
}

impl Health {
    /// Creates the health of an instance whose read models are not loaded yet.
    pub(crate) fn new(sharing: Store) -> Self {
        Self { sharing, loaded: AtomicBool::new(false), stopping: AtomicBool::new(false), store: RwLock::default() }
    }

    /// Records that the read models are loaded.
    pub(crate) fn set_loaded(&self) {
        self.loaded.store(true, Ordering::Relaxed);
    }

    /// Records that the server is stopping.
    pub(crate) fn set_stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Returns the readiness, without a request to the store.
    pub(crate) fn readiness(&self) -> Readiness {
        if self.stopping.load(Ordering::Relaxed) {
            return Readiness::NotReady("the server is stopping".into());
        }
        if !self.loaded.load(Ordering::Relaxed) {
            return Readiness::NotReady("the read models are not loaded yet".into());
        }
        match (&*self.store.read().unwrap_or_else(PoisonError::into_inner), self.sharing) {
            (None, _) => Readiness::Ready,
            (Some(fault), Store::Shared) => Readiness::Degraded(fault.clone()),
            (Some(fault), Store::Own) => Readiness::NotReady(fault.clone()),
        }
    }

    /// Checks the store every second, until `stop`.
    pub(crate) async fn watch(self: Arc<Self>, health_check: Arc<dyn HealthCheck>, stop: CancellationToken) {
        metrics::describe_gauge!(STORE_UP, "1 if the store responded to the last check and accepts writes; otherwise 0.");
        let up = metrics::gauge!(STORE_UP);
        let mut ticks = interval(INTERVAL);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            up.set(if self.check(&*health_check).await { 1.0 } else { 0.0 });
        }
    }

    /// Checks the store once, logs changes, and returns whether it is healthy.
    async fn check(&self, health_check: &dyn HealthCheck) -> bool {
        let fault = match timeout(INTERVAL, health_check.check()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_elapsed) => Some("the store does not respond".to_owned()),
        };
        let mut known = self.store.write().unwrap_or_else(PoisonError::into_inner);
        if *known != fault {
            if let Some(fault) = &fault {
                tracing::error!(%fault, "the store is unhealthy");
            } else {
                tracing::info!("the store is healthy");
            }
        }
        *known = fault;
        known.is_none()
    }
}

#[cfg(test)]
mod tests {
    use application::ports::{MockHealthCheck, ReadError};

    use super::*;

    async fn with_a_full_disk(sharing: Store) -> Health {
        let mut health_check = MockHealthCheck::new();
        health_check.expect_check().returning(|| Err(ReadError::NotWritable("the disk is full".into())));
        let health = Health::new(sharing);
        health.set_loaded();
        assert!(!health.check(&health_check).await);
        health
    }

    fn not_ready(why: &str) -> Readiness {
        Readiness::NotReady(why.to_owned())
    }

    #[tokio::test]
    async fn an_instance_with_a_fault_of_its_own_store_is_not_ready() {
        let health = with_a_full_disk(Store::Own).await;
        assert_eq!(health.readiness(), not_ready("the store can't be written: the disk is full"));
    }

    #[tokio::test]
    async fn an_instance_with_a_fault_of_a_shared_store_is_degraded() {
        let health = with_a_full_disk(Store::Shared).await;
        assert_eq!(health.readiness(), Readiness::Degraded("the store can't be written: the disk is full".into()));
    }

    #[tokio::test]
    async fn an_instance_is_not_ready_before_its_read_models_are_loaded_or_while_it_stops() {
        for sharing in [Store::Own, Store::Shared] {
            let health = Health::new(sharing);
            assert_eq!(health.readiness(), not_ready("the read models are not loaded yet"));
            health.set_loaded();
            assert_eq!(health.readiness(), Readiness::Ready);
            health.set_stopping();
            assert_eq!(health.readiness(), not_ready("the server is stopping"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_is_unhealthy_from_a_timeout_until_it_responds() {
        let health = Health::new(Store::Shared);
        health.set_loaded();
        assert!(!health.check(&Silent).await);
        assert_eq!(health.readiness(), Readiness::Degraded("the store does not respond".into()));
        let mut health_check = MockHealthCheck::new();
        health_check.expect_check().returning(|| Ok(()));
        assert!(health.check(&health_check).await);
        assert_eq!(health.readiness(), Readiness::Ready);
    }

    /// A store that never responds.
    struct Silent;

    #[async_trait::async_trait]
    impl HealthCheck for Silent {
        async fn check(&self) -> Result<(), ReadError> {
            std::future::pending().await
        }
    }
}
