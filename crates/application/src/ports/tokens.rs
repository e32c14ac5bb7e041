//! The port of queue tokens.

use async_trait::async_trait;
use domain::{QueueId, QueueToken, TokenId, Versioned};

use crate::ports::ReadError;

/// Queue tokens, to be read: for a waiting room that fills its memory.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Tokens: Send + Sync {
    /// The token, if it exists, ended or not.
    async fn token(&self, id: TokenId) -> Result<Option<Versioned<QueueToken>>, ReadError>;
    /// The tokens of a queue whose rows are WAITING or ACTIVE and whose number is above `after`, by number, `at_most` of them.
    async fn live(&self, queue: QueueId, after: u64, at_most: u32) -> Result<Vec<Versioned<QueueToken>>, ReadError>;
}
