//! The state of a store's connection pools.

/// The state of a connection pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolState {
    /// The purpose of its connections: `commands`, `operators`, `loads`, `reads` or `health_check`.
    pub name: &'static str,
    /// The number of open connections.
    pub open: usize,
    /// The number of open connections that are idle.
    pub idle: usize,
    /// The maximum number of open connections.
    pub at_most: usize,
}
