//! Queue tokens, to be read.

use application::ports::{ReadError, Tokens};
use async_trait::async_trait;
use domain::{QueueId, QueueToken, TokenId, Versioned};

use crate::MemoryStore;
use crate::load::limit;

#[async_trait]
impl Tokens for MemoryStore {
    async fn token(&self, id: TokenId) -> Result<Option<Versioned<QueueToken>>, ReadError> {
        Ok(self.state().tokens.get(&id).cloned())
    }

    async fn live(&self, queue: QueueId, after: u64, at_most: u32) -> Result<Vec<Versioned<QueueToken>>, ReadError> {
        let state = self.state();
        let live = state.tokens_of(queue).filter(|token| token.number > after && token.is_live());
        Ok(live.take(limit(at_most)).cloned().collect())
    }
}
