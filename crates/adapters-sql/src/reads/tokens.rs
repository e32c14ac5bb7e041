//! The queries of queue tokens.

use application::ports::{ReadError, Tokens};
use async_trait::async_trait;
use domain::{QueueId, QueueToken, TokenId, Versioned};
use sea_orm::EntityTrait;

use super::Reads;
use crate::all;
use crate::rows::token;

#[async_trait]
impl Tokens for Reads {
    async fn token(&self, id: TokenId) -> Result<Option<Versioned<QueueToken>>, ReadError> {
        let row = self.within(token::Entity::find_by_id(id.0).one(&self.db)).await?;
        Ok(row.map(Versioned::try_from).transpose()?)
    }

    async fn live(&self, queue: QueueId, after: u64, at_most: u32) -> Result<Vec<Versioned<QueueToken>>, ReadError> {
        let values = [queue.0.into(), i64::try_from(after).unwrap_or(i64::MAX).into(), at_most.into()];
        all(self.find::<token::Model>(self.statements.live_tokens, values).await?)
    }
}
