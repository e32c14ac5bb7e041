//! The port of the audit.

use async_trait::async_trait;

use crate::ports::ReadError;

/// What the audit of one invariant found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The invariant's name, like `balance_is_sum_of_entries`.
    pub name: &'static str,
    /// The promise it belongs to, like `P2`.
    pub promise: &'static str,
    /// How many rows break it; 0 if it holds.
    pub violations: u64,
}

/// Whether the promises hold.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Audit: Send + Sync {
    /// Checks each invariant on all rows, read at one instant. MUST find a violation that was put there behind the store's back.
    async fn audit(&self) -> Result<Vec<Finding>, ReadError>;
    /// Balances and completed payments less charges, in minor units, read at one instant: 0 if no money has appeared or vanished. MUST
    /// take no longer than three sums over tables do: it is asked for while the store serves.
    async fn drift(&self) -> Result<i64, ReadError>;
}
