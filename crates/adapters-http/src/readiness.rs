//! The readiness of an instance.

use std::sync::Arc;

/// Whether this instance should be sent requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It should.
    Ready,
    /// It should, although a dependency that all instances share has failed: this instance answers from memory as well as any other. The
    /// text is sent to clients.
    Degraded(String),
    /// It should not; the reason is sent to clients.
    NotReady(String),
}

/// Reports whether this instance is ready. It is called on a thread that serves requests: it must return immediately, from memory.
pub type ReadinessCheck = Arc<dyn Fn() -> Readiness + Send + Sync>;
