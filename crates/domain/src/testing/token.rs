//! Queue tokens for tests.

use time::{Duration, OffsetDateTime};

use super::{NOW, QUEUE, token_of};
use crate::decide::admission::Pass;
use crate::{ExpiryReason, NewToken, QueueId, QueueToken, TokenId, TokenState, UserId, Version, Versioned};

/// Returns `user`'s token in [`QUEUE`], an hour old: WAITING, number 1. Its id is [`token_of(user)`](token_of).
#[must_use]
pub fn a_token(user: UserId) -> Versioned<QueueToken> {
    let new = NewToken { id: token_of(user), queue: QUEUE, user, concert: None, joined_at: NOW - Duration::HOUR };
    Versioned::new(Version(200), new.numbered(1))
}

/// Returns the same token after the admission of `user`: ACTIVE since a minute ago, claimed, for another nine minutes.
#[must_use]
pub fn an_admitted_token(user: UserId) -> Versioned<QueueToken> {
    a_token(user).claimed(NOW - Duration::MINUTE, NOW + Duration::minutes(9))
}

/// Returns the pass of a guarded request of `user`.
#[must_use]
pub const fn pass(user: UserId) -> Pass {
    Pass { user, token: Some(token_of(user)) }
}

impl QueueToken {
    /// Returns the token with its unnumbered part as modified by `change`.
    #[must_use]
    pub fn with_place(self, change: impl FnOnce(&mut NewToken)) -> Self {
        let (number, state) = (self.number(), self.state());
        let mut place = self.place();
        change(&mut place);
        Self::restore(place, number, state)
    }

    /// Returns the token in another queue.
    #[must_use]
    pub fn with_queue(self, queue: QueueId) -> Self {
        self.with_place(|place| place.queue = queue)
    }
}

impl Versioned<QueueToken> {
    /// Returns the token in `state`.
    #[must_use]
    pub fn with_state(self, state: TokenState) -> Self {
        self.with(|token| QueueToken::restore(token.place(), token.number(), state))
    }

    /// Returns the token ACTIVE until `expires_at`, without a guarded request yet.
    #[must_use]
    pub fn unclaimed(self, activated_at: OffsetDateTime, expires_at: OffsetDateTime) -> Self {
        self.with_state(TokenState::Active { activated_at, claimed: false, expires_at })
    }

    /// Returns the token ACTIVE until `expires_at`, after a guarded request.
    #[must_use]
    pub fn claimed(self, activated_at: OffsetDateTime, expires_at: OffsetDateTime) -> Self {
        self.with_state(TokenState::Active { activated_at, claimed: true, expires_at })
    }

    /// Returns the token EXPIRED ten seconds ago.
    #[must_use]
    pub fn ended(self, reason: ExpiryReason) -> Self {
        let (activated_at, expired_at) = (Some(NOW - Duration::MINUTE), NOW - Duration::seconds(10));
        self.with_state(TokenState::Expired { reason, activated_at, expired_at })
    }

    /// Returns the token with another user and id.
    #[must_use]
    pub fn of(self, user: UserId, id: TokenId) -> Self {
        self.with(|token| token.with_place(|place| (place.user, place.id) = (user, id)))
    }

    /// Returns the token with this number, at a version of its own.
    #[must_use]
    pub fn numbered(self, number: u64) -> Self {
        let version = self.version.0 + number.cast_signed();
        self.with(|token| QueueToken::restore(token.place(), number, token.state())).at_version(version)
    }
}
