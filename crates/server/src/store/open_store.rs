//! Open stores.

use std::sync::Arc;

use application::ports::{Clock, PoolState, Ports};
use async_trait::async_trait;

use super::BoxError;

/// The pools of a store without connections, so that all stores have the same metrics.
const DEFAULT_POOLS: [&str; 3] = ["commands", "reads", "health_check"];

/// An open store.
pub struct OpenStore {
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) lanes: usize,
    pub(crate) connections: Arc<dyn Connections>,
}

impl OpenStore {
    /// Creates a store with `ports` and its own `clock`. It has one writer, and nothing to close.
    #[must_use]
    pub fn new(ports: Ports, clock: Arc<dyn Clock>) -> Self {
        Self { ports, clock, lanes: 1, connections: Arc::new(NoConnections) }
    }

    /// Sets the default of `commit.lanes`, the number of groups that are committed concurrently, at least one. With more than one writer,
    /// one group can wait for the disk while another is decided.
    #[must_use]
    pub fn with_lanes(self, lanes: usize) -> Self {
        Self { lanes: lanes.max(1), ..self }
    }

    /// Sets the store's connections, which are measured, and closed at shutdown.
    #[must_use]
    pub fn with_connections(self, connections: impl Connections + 'static) -> Self {
        Self { connections: Arc::new(connections), ..self }
    }

    /// Closes the store's connections.
    pub(crate) async fn close(&self) {
        close(&*self.connections).await;
    }
}

/// The connections of an open store, or other resources to close.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Returns the state of the pools, each time the metrics are read. By default they are empty.
    fn pools(&self) -> Vec<PoolState> {
        DEFAULT_POOLS.map(|name| PoolState { name, open: 0, idle: 0, at_most: 0 }).into()
    }

    /// Closes the store gracefully; it isn't used afterwards. This isn't called if the process is killed, so commits MUST be durable
    /// without it. By default it does nothing.
    ///
    /// # Errors
    /// If closing fails; the error is logged.
    async fn close(&self) -> Result<(), BoxError> {
        Ok(())
    }
}

struct NoConnections;

impl Connections for NoConnections {}

/// Closes connections gracefully, so that a database doesn't have to detect broken connections.
pub(crate) async fn close(connections: &dyn Connections) {
    if let Err(error) = connections.close().await {
        tracing::warn!(error = &*error as &dyn std::error::Error, "closing the store's connections failed");
    }
}
