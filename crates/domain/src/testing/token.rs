//! Queue tokens.

use time::{Duration, OffsetDateTime};

use super::{NOW, QUEUE, token_of};
use crate::decide::admission::Pass;
use crate::{ExpiryReason, NewToken, QueueId, QueueToken, TokenId, TokenState, UserId, Version, Versioned};

/// `user`'s place in [`QUEUE`], an hour old: WAITING, number 1. Its id is [`token_of(user)`](token_of).
#[must_use]
pub fn a_token(user: UserId) -> Versioned<QueueToken> {
    let new = NewToken { id: token_of(user), queue: QUEUE, user, concert: None, joined_at: NOW - Duration::HOUR };
    Versioned::new(Version(200), new.numbered(1))
}

/// The same place, once `user` has been admitted: ACTIVE since a minute ago, claimed, for another nine minutes.
#[must_use]
pub fn an_admitted_token(user: UserId) -> Versioned<QueueToken> {
    a_token(user).claimed(NOW - Duration::MINUTE, NOW + Duration::minutes(9))
}

/// `user` and their token, as a guarded request names them.
#[must_use]
pub const fn pass(user: UserId) -> Pass {
    Pass { user, token: Some(token_of(user)) }
}

impl QueueToken {
    /// The same token with its place as `change` leaves it.
    #[must_use]
    pub fn with_place(self, change: impl FnOnce(&mut NewToken)) -> Self {
        let (number, state) = (self.number(), self.state());
        let mut place = self.place();
        change(&mut place);
        Self::restore(place, number, state)
    }

    /// The same token in another queue.
    #[must_use]
    pub fn with_queue(self, queue: QueueId) -> Self {
        self.with_place(|place| place.queue = queue)
    }
}

impl Versioned<QueueToken> {
    /// The token in `state`.
    #[must_use]
    pub fn with_state(self, state: TokenState) -> Self {
        self.with(|token| QueueToken::restore(token.place(), token.number(), state))
    }

    /// ACTIVE until `expires_at`, without a guarded request yet.
    #[must_use]
    pub fn unclaimed(self, activated_at: OffsetDateTime, expires_at: OffsetDateTime) -> Self {
        self.with_state(TokenState::Active { activated_at, claimed: false, expires_at })
    }

    /// ACTIVE until `expires_at`, after a guarded request.
    #[must_use]
    pub fn claimed(self, activated_at: OffsetDateTime, expires_at: OffsetDateTime) -> Self {
        self.with_state(TokenState::Active { activated_at, claimed: true, expires_at })
    }

    /// EXPIRED ten seconds ago.
    #[must_use]
    pub fn ended(self, reason: ExpiryReason) -> Self {
        let (activated_at, expired_at) = (Some(NOW - Duration::MINUTE), NOW - Duration::seconds(10));
        self.with_state(TokenState::Expired { reason, activated_at, expired_at })
    }

    /// The token `id` of `user`.
    #[must_use]
    pub fn of(self, user: UserId, id: TokenId) -> Self {
        self.with(|token| token.with_place(|place| (place.user, place.id) = (user, id)))
    }

    /// The place with this number, at a version of its own.
    #[must_use]
    pub fn numbered(self, number: u64) -> Self {
        let version = self.version.0 + number.cast_signed();
        self.with(|token| QueueToken::restore(token.place(), number, token.state())).at_version(version)
    }
}
