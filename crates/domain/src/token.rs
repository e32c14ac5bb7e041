//! Queue tokens: the position of a user in a queue, then the user's admission.
//!
//! ```text
//!            admit                 pay, lapse, leave
//!   WAITING ───────► ACTIVE ──────────────────────────► EXPIRED (PAID, TIMED_OUT, UNCLAIMED, LEFT)
//!      │             │  ▲ claim: the deadline becomes activation + active window
//!      │             └──┘ extend: the deadline becomes at least a hold's
//!      └──────────────── leave ───────────────────────►
//! ```
//!
//! An ACTIVE token whose deadline has passed *is* expired, whatever its row says.

use thiserror::Error;
use time::{Duration, OffsetDateTime};

use crate::{ConcertId, QueueId, TokenId, UserId};

/// A queue token: the position of a user in a queue, then the user's admission.
///
/// ```
/// # use domain::{ExpiryReason, QueueId, TokenId, TokenStatus, UserId, token::NewToken};
/// # use time::{Duration, macros::datetime};
/// # use uuid::Uuid;
/// let joined_at = datetime!(2026-11-21 20:00 UTC);
/// let token = NewToken { id: TokenId(Uuid::nil()), queue: QueueId(Uuid::nil()), user: UserId(Uuid::nil()), concert: None, joined_at }
///     .numbered(1);
/// assert_eq!(token.status(joined_at), TokenStatus::Waiting);
///
/// let admitted_at = joined_at + Duration::minutes(1);
/// let active = token.admit(Duration::minutes(2), admitted_at)?;
/// assert_eq!(active.status(admitted_at), TokenStatus::Active);
///
/// // No guarded request within two minutes: the token has expired.
/// let later = admitted_at + Duration::minutes(2);
/// assert_eq!(active.status(later), TokenStatus::Expired(ExpiryReason::Unclaimed));
///
/// // The first guarded request moves the deadline to ten minutes after the activation.
/// let claimed = active.claim(Duration::minutes(10), admitted_at)?;
/// assert_eq!(claimed.status(later), TokenStatus::Active);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueToken {
    id: TokenId,
    queue: QueueId,
    user: UserId,
    concert: Option<ConcertId>,
    number: u64,
    joined_at: OffsetDateTime,
    state: TokenState,
}

/// A token without a number: the store assigns the number at commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// The id, which is the secret that grants admission.
    pub id: TokenId,
    /// The queue.
    pub queue: QueueId,
    /// The user.
    pub user: UserId,
    /// The concert that the user joined for, if named.
    pub concert: Option<ConcertId>,
    /// The time of the join.
    pub joined_at: OffsetDateTime,
}

impl NewToken {
    /// Returns the WAITING token with the number that the store assigned.
    #[must_use]
    pub const fn numbered(self, number: u64) -> QueueToken {
        let Self { id, queue, user, concert, joined_at } = self;
        QueueToken { id, queue, user, concert, number, joined_at, state: TokenState::Waiting }
    }
}

/// The state of a token's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    /// The user waits; there is no deadline.
    Waiting,
    /// The user is admitted until the deadline.
    Active {
        /// The time of the admission.
        activated_at: OffsetDateTime,
        /// Whether a guarded request has been made with the token.
        claimed: bool,
        /// The first instant at which the token has expired.
        expires_at: OffsetDateTime,
    },
    /// The token has ended.
    Expired {
        /// The reason.
        reason: ExpiryReason,
        /// The time of the admission, if the user was admitted.
        activated_at: Option<OffsetDateTime>,
        /// The time at which the token ended.
        expired_at: OffsetDateTime,
    },
}

impl TokenState {
    /// Returns whether the row has not ended, lapsed or not.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        match self {
            Self::Waiting | Self::Active { .. } => true,
            Self::Expired { .. } => false,
        }
    }

    /// Returns the instant at which the token ends or has ended; none while it is WAITING.
    #[must_use]
    pub const fn expires_at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Waiting => None,
            Self::Active { expires_at, .. } => Some(*expires_at),
            Self::Expired { expired_at, .. } => Some(*expired_at),
        }
    }
}

/// The reason why a token has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExpiryReason {
    /// The user paid.
    Paid,
    /// The active window passed.
    TimedOut,
    /// The claim window passed without a guarded request.
    Unclaimed,
    /// The user left.
    Left,
}

/// The status of a token at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenStatus {
    /// The user waits.
    Waiting,
    /// The user is admitted.
    Active,
    /// The token has ended for this reason.
    Expired(ExpiryReason),
}

/// The error for a step that the status of the token doesn't allow; the token is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the queue token is {status:?}: the step `{step}` is not possible")]
pub struct TokenError {
    /// The status of the token.
    pub status: TokenStatus,
    /// The requested step.
    pub step: &'static str,
}

impl QueueToken {
    /// Returns a token as stored.
    #[must_use]
    pub const fn restore(new: NewToken, number: u64, state: TokenState) -> Self {
        let mut token = new.numbered(number);
        token.state = state;
        token
    }

    /// Returns the id, which is the secret that grants admission.
    #[must_use]
    pub const fn id(&self) -> TokenId {
        self.id
    }

    /// Returns the queue.
    #[must_use]
    pub const fn queue(&self) -> QueueId {
        self.queue
    }

    /// Returns the user.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Returns the concert that the user joined for, if named.
    #[must_use]
    pub const fn concert(&self) -> Option<ConcertId> {
        self.concert
    }

    /// Returns the token's number in the queue: gapless, in the order of joins.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Returns the time of the join.
    #[must_use]
    pub const fn joined_at(&self) -> OffsetDateTime {
        self.joined_at
    }

    /// Returns the token as it was before its number was assigned.
    #[must_use]
    pub const fn place(&self) -> NewToken {
        let Self { id, queue, user, concert, joined_at, .. } = *self;
        NewToken { id, queue, user, concert, joined_at }
    }

    /// Returns the state of its row, lapsed or not.
    #[must_use]
    pub const fn state(&self) -> TokenState {
        self.state
    }

    /// Returns its status at `now`.
    #[must_use]
    pub fn status(&self, now: OffsetDateTime) -> TokenStatus {
        match self.state {
            TokenState::Waiting => TokenStatus::Waiting,
            TokenState::Active { expires_at, .. } if now < expires_at => TokenStatus::Active,
            TokenState::Active { claimed: true, .. } => TokenStatus::Expired(ExpiryReason::TimedOut),
            TokenState::Active { claimed: false, .. } => TokenStatus::Expired(ExpiryReason::Unclaimed),
            TokenState::Expired { reason, .. } => TokenStatus::Expired(reason),
        }
    }

    /// Returns whether its row has not ended, lapsed or not: a user has at most one such token in a queue.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.state.is_live()
    }

    /// Returns whether its row is ACTIVE although the deadline has passed.
    #[must_use]
    pub fn has_lapsed(&self, now: OffsetDateTime) -> bool {
        matches!(self.state, TokenState::Active { expires_at, .. } if expires_at <= now)
    }

    /// Returns the time of the admission, if the user was admitted.
    #[must_use]
    pub const fn activated_at(&self) -> Option<OffsetDateTime> {
        match self.state {
            TokenState::Waiting => None,
            TokenState::Active { activated_at, .. } => Some(activated_at),
            TokenState::Expired { activated_at, .. } => activated_at,
        }
    }

    /// Returns the instant at which it ends or has ended; none while it is WAITING.
    #[must_use]
    pub const fn expires_at(&self) -> Option<OffsetDateTime> {
        self.state.expires_at()
    }

    /// Returns whether it is ACTIVE at `now` and no guarded request has been made with it yet.
    #[must_use]
    pub fn is_unclaimed(&self, now: OffsetDateTime) -> bool {
        matches!(self.state, TokenState::Active { claimed: false, expires_at, .. } if now < expires_at)
    }

    /// Admits its user; the first guarded request is due within `claim_window`.
    ///
    /// # Errors
    /// Unless it is WAITING.
    pub fn admit(mut self, claim_window: Duration, now: OffsetDateTime) -> Result<Self, TokenError> {
        match self.state {
            TokenState::Waiting => {
                self.state = TokenState::Active { activated_at: now, claimed: false, expires_at: now + claim_window };
                Ok(self)
            }
            TokenState::Active { .. } | TokenState::Expired { .. } => Err(self.refuse("admit", now)),
        }
    }

    /// Claims the token by the first guarded request: its deadline becomes `active_window` after its activation. Later requests change
    /// nothing.
    ///
    /// # Errors
    /// Unless it is ACTIVE at `now`.
    pub fn claim(mut self, active_window: Duration, now: OffsetDateTime) -> Result<Self, TokenError> {
        match self.state {
            TokenState::Active { activated_at, claimed: false, expires_at } if now < expires_at => {
                let expires_at = expires_at.max(activated_at + active_window);
                self.state = TokenState::Active { activated_at, claimed: true, expires_at };
                Ok(self)
            }
            TokenState::Active { expires_at, .. } if now < expires_at => Ok(self),
            TokenState::Waiting | TokenState::Active { .. } | TokenState::Expired { .. } => Err(self.refuse("claim", now)),
        }
    }

    /// Extends its deadline to at least `until`.
    ///
    /// # Errors
    /// Unless it is ACTIVE at `now`.
    pub fn extend(mut self, until: OffsetDateTime, now: OffsetDateTime) -> Result<Self, TokenError> {
        match self.state {
            TokenState::Active { activated_at, claimed, expires_at } if now < expires_at => {
                self.state = TokenState::Active { activated_at, claimed, expires_at: expires_at.max(until) };
                Ok(self)
            }
            TokenState::Waiting | TokenState::Active { .. } | TokenState::Expired { .. } => Err(self.refuse("extend", now)),
        }
    }

    /// Ends it because its user paid.
    ///
    /// # Errors
    /// Unless it is ACTIVE at `now`.
    pub fn pay(self, now: OffsetDateTime) -> Result<Self, TokenError> {
        match self.state {
            TokenState::Active { expires_at, .. } if now < expires_at => Ok(self.expired(ExpiryReason::Paid, now)),
            TokenState::Waiting | TokenState::Active { .. } | TokenState::Expired { .. } => Err(self.refuse("pay", now)),
        }
    }

    /// Records that its deadline has passed.
    ///
    /// # Errors
    /// Unless its row is ACTIVE and the deadline has passed at `now`.
    pub fn lapse(self, now: OffsetDateTime) -> Result<Self, TokenError> {
        match self.state {
            TokenState::Active { expires_at, claimed, .. } if expires_at <= now => {
                let reason = if claimed { ExpiryReason::TimedOut } else { ExpiryReason::Unclaimed };
                Ok(self.expired(reason, expires_at))
            }
            TokenState::Waiting | TokenState::Active { .. } | TokenState::Expired { .. } => Err(self.refuse("lapse", now)),
        }
    }

    /// Ends it because its user left, waiting or active.
    ///
    /// # Errors
    /// If it has ended at `now`.
    pub fn leave(self, now: OffsetDateTime) -> Result<Self, TokenError> {
        match self.status(now) {
            TokenStatus::Waiting | TokenStatus::Active => Ok(self.expired(ExpiryReason::Left, now)),
            TokenStatus::Expired(_) => Err(self.refuse("leave", now)),
        }
    }

    const fn expired(mut self, reason: ExpiryReason, expired_at: OffsetDateTime) -> Self {
        self.state = TokenState::Expired { reason, activated_at: self.activated_at(), expired_at };
        self
    }

    fn refuse(&self, step: &'static str, now: OffsetDateTime) -> TokenError {
        TokenError { status: self.status(now), step }
    }
}
