//! A store that is open: what the program has of it.

use std::sync::Arc;

use application::ports::{Clock, PoolState, Ports};
use async_trait::async_trait;

use super::BoxError;

/// The pools of a store without connections, so that metrics have the same names whatever the store.
const USUAL_POOLS: [&str; 3] = ["commands", "reads", "health_check"];

/// An open store.
pub struct OpenStore {
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) lanes: usize,
    pub(crate) connections: Arc<dyn Connections>,
}

impl OpenStore {
    /// A store that serves `ports` by its own `clock`. It has one writer, and nothing to close.
    #[must_use]
    pub fn new(ports: Ports, clock: Arc<dyn Clock>) -> Self {
        Self { ports, clock, lanes: 1, connections: Arc::new(NoConnections) }
    }

    /// How many groups it commits side by side, at least one, unless `commit.lanes` says otherwise: of a store with more than one writer, one group waits for
    /// the disk while another is decided.
    #[must_use]
    pub fn with_lanes(self, lanes: usize) -> Self {
        Self { lanes: lanes.max(1), ..self }
    }

    /// Its connections: they are measured, and closed at the end.
    #[must_use]
    pub fn with_connections(self, connections: impl Connections + 'static) -> Self {
        Self { connections: Arc::new(connections), ..self }
    }

    /// Closes its connections.
    pub(crate) async fn close(&self) {
        close(&*self.connections).await;
    }
}

/// The connections of an open store, or whatever else of it has to be closed.
#[async_trait]
pub trait Connections: Send + Sync {
    /// How the pools stand, each time the metrics are read. By default there are none.
    fn pools(&self) -> Vec<PoolState> {
        USUAL_POOLS.map(|name| PoolState { name, open: 0, idle: 0, at_most: 0 }).into()
    }

    /// Closes the store in good order; nothing is asked of it afterwards. It isn't called if the process is killed, so what is committed MUST be durable
    /// without it. By default there is nothing to do.
    ///
    /// # Errors
    /// If it doesn't close well, which is logged.
    async fn close(&self) -> Result<(), BoxError> {
        Ok(())
    }
}

struct NoConnections;

impl Connections for NoConnections {}

/// Closes connections in good order: a database then needn't find out by itself that nobody is there any more.
pub(crate) async fn close(connections: &dyn Connections) {
    if let Err(error) = connections.close().await {
        tracing::warn!(error = &*error as &dyn std::error::Error, "the store's connections were not closed well");
    }
}
