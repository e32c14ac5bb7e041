//! The queries of queue tokens.

use application::ports::{ReadError, Tokens};
use async_trait::async_trait;
use domain::{QueueId, QueueToken, TokenId, Versioned};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::{Reads, repeated};
use crate::all;
use crate::rows::token;

#[async_trait]
impl Tokens for Reads {
    async fn tokens(&self, ids: &[TokenId]) -> Result<Vec<Versioned<QueueToken>>, ReadError> {
        let query = token::Entity::find().filter(token::Column::Id.is_in(repeated(ids).map(|id| id.0)));
        all(self.within(query.all(&self.db)).await?)
    }

    async fn live(&self, queue: QueueId, after: u64, at_most: u32) -> Result<Vec<Versioned<QueueToken>>, ReadError> {
        let values = [queue.0.into(), i64::try_from(after).unwrap_or(i64::MAX).into(), at_most.into()];
        all(self.find::<token::Model>(self.statements.live_tokens, values).await?)
    }
}
