//! What a store tells of its connections.

/// How the connections of one purpose stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolState {
    /// What they are for: `commands`, `orders`, `reads` or `health_check`.
    pub name: &'static str,
    /// How many are open.
    pub open: usize,
    /// How many of those nobody uses.
    pub idle: usize,
    /// How many may be open.
    pub at_most: usize,
}
