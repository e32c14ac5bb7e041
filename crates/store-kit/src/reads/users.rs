//! The queries of users and queue tokens.

use std::collections::BTreeSet;

use application::ports::{ReadError, Tokens, Users};
use async_trait::async_trait;
use domain::{QueueId, QueueToken, TokenId, User, UserId, Versioned};

use super::page;
use crate::engine::Engine;
use crate::engine::Order::Ascending;
use crate::key::{Key, Kind};
use crate::store::EmbeddedStore;

#[async_trait]
impl<E: Engine> Users for EmbeddedStore<E> {
    async fn user(&self, id: UserId) -> Result<Option<User>, ReadError> {
        self.read(move |view| view.user(id)).await
    }

    async fn users_by_id(&self, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        let ids: BTreeSet<_> = ids.iter().copied().collect();
        self.read(move |view| ids.into_iter().filter_map(|id| view.user(id).transpose()).collect()).await
    }
}

#[async_trait]
impl<E: Engine> Tokens for EmbeddedStore<E> {
    async fn tokens(&self, ids: &[TokenId]) -> Result<Vec<Versioned<QueueToken>>, ReadError> {
        let ids: BTreeSet<TokenId> = ids.iter().copied().collect();
        self.read(move |view| ids.into_iter().filter_map(|id| view.token(id).transpose()).collect()).await
    }

    async fn live(&self, queue: QueueId, after: u64, at_most: u32) -> Result<Vec<Versioned<QueueToken>>, ReadError> {
        let of_queue = Key::of(Kind::LiveToken).id(queue.0);
        let later = of_queue.clone().number(after).after_all()..of_queue.after_all();
        self.read(move |view| page(view.led::<QueueToken>(later, Ascending)?, at_most)).await
    }
}
