//! Poll: how far the line has come.

use std::sync::Arc;

use domain::{QueueId, Refusal, TokenId, UserId};

use crate::waiting_room::{Listener, Place, QueueFigures};
use crate::{Error, WaitingRoom};

/// Answers from memory how far the line has come.
#[derive(Clone)]
pub struct PollToken {
    room: Arc<WaitingRoom>,
}

impl PollToken {
    /// The use case over the waiting room.
    pub fn new(room: Arc<WaitingRoom>) -> Self {
        Self { room }
    }

    /// The token's place; not found if it is another user's.
    pub async fn token(&self, user: UserId, id: TokenId) -> Result<Place, Error> {
        let token = self.room.find(id).await?.filter(|token| token.user().is(user)).ok_or(Refusal::NotFound)?;
        Ok(self.room.place(&token))
    }

    /// The place of the user's token if it is in memory, as it nearly always is: without waiting.
    #[must_use]
    pub fn known(&self, user: UserId, id: TokenId) -> Option<Place> {
        let token = self.room.known(id).filter(|token| token.user().is(user))?;
        Some(self.room.place(&token))
    }

    /// The place of a token that is at hand: just joined, or waiting where it must not.
    #[must_use]
    pub fn place(&self, token: &domain::QueueToken) -> Place {
        self.room.place(token)
    }

    /// Listens to what becomes of a token; none if enough do already.
    #[must_use]
    pub fn listen(&self, id: TokenId) -> Option<Listener> {
        self.room.listen(id)
    }

    /// The figures of a queue, from memory; not found if there is no such queue.
    pub fn queue(&self, id: QueueId) -> Result<QueueFigures, Error> {
        Ok(self.room.figures(id).ok_or(Refusal::NotFound)?)
    }
}
