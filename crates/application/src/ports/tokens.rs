//! The port of queue tokens.

use async_trait::async_trait;
use domain::{QueueId, QueueToken, TokenId, Versioned};

use crate::ports::ReadError;

/// Reads queue tokens, for the waiting room.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Returns the tokens with these `ids` that exist, ended or not, each once, in any order.
    async fn tokens(&self, ids: &[TokenId]) -> Result<Vec<Versioned<QueueToken>>, ReadError>;
    /// Returns the tokens of a queue whose rows are WAITING or ACTIVE and whose number is above `after`, by number, up to `at_most`.
    async fn live(&self, queue: QueueId, after: u64, at_most: u32) -> Result<Vec<Versioned<QueueToken>>, ReadError>;
}
