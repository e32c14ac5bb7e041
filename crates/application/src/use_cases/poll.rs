//! Poll: reads the position of a token in its queue.

use std::sync::Arc;

use domain::{Queue, QueueId, Refusal, TokenId, UserId, Versioned};

use crate::waiting_room::{Board, Listener, QueueFigures, QueueNews, TokenView};
use crate::{Error, WaitingRoom};

/// Reads positions of tokens and figures of queues from memory.
#[derive(Clone)]
pub struct PollToken {
    room: Arc<WaitingRoom>,
}

impl PollToken {
    /// Creates the use case over the waiting room.
    pub fn new(room: Arc<WaitingRoom>) -> Self {
        Self { room }
    }

    /// Returns the position of the token; not found if it belongs to another user.
    pub async fn token(&self, user: UserId, id: TokenId) -> Result<TokenView, Error> {
        let token = self.room.find(id).await?.filter(|token| token.user().is(user)).ok_or(Refusal::NotFound)?;
        Ok(self.room.place(&token))
    }

    /// Returns the position of the user's token if it is in memory, as it nearly always is, without waiting.
    #[must_use]
    pub fn known(&self, user: UserId, id: TokenId) -> Option<TokenView> {
        let token = self.room.known(id).filter(|token| token.user().is(user))?;
        Some(self.room.place(&token))
    }

    /// Returns the position of a token that the caller already has: after a join, or when a waiting token is refused.
    #[must_use]
    pub fn place(&self, token: &domain::QueueToken) -> TokenView {
        self.room.place(token)
    }

    /// Listens to changes of a token; none if it has too many listeners already.
    #[must_use]
    pub fn listen(&self, id: TokenId) -> Option<Listener> {
        self.room.listen(id)
    }

    /// Returns the figures of a queue from memory; not found if the queue doesn't exist.
    pub fn queue(&self, id: QueueId) -> Result<QueueFigures, Error> {
        Ok(self.room.figures(id).ok_or(Refusal::NotFound)?)
    }

    /// Returns the row of a queue from memory; none if the queue doesn't exist.
    #[must_use]
    pub fn queue_row(&self, id: QueueId) -> Option<Arc<Versioned<Queue>>> {
        self.room.queue(id)
    }

    /// Subscribes to changes of a queue's row.
    #[must_use]
    pub fn queue_news(&self, id: QueueId) -> QueueNews {
        self.room.queue_news(id)
    }

    /// Returns the board of a queue, from memory; not found if the queue doesn't exist.
    pub fn board(&self, id: QueueId) -> Result<Board, Error> {
        Ok(self.room.board(id).ok_or(Refusal::NotFound)?)
    }
}
