//! Queue tokens: a user's place in a queue.
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

/// A user's place in a queue.
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
/// // Nothing heard for two minutes: the place goes on to the next.
/// let later = admitted_at + Duration::minutes(2);
/// assert_eq!(active.status(later), TokenStatus::Expired(ExpiryReason::Unclaimed));
///
/// // A first guarded call makes it ten minutes from the activation.
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

/// A place that has no number yet: the store hands it out at commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// The secret that will admit.
    pub id: TokenId,
    /// The line.
    pub queue: QueueId,
    /// Whose it is.
    pub user: UserId,
    /// The concert for which the user joined, if they named one.
    pub concert: Option<ConcertId>,
    /// When the user joined.
    pub joined_at: OffsetDateTime,
}

impl NewToken {
    /// The WAITING token with the number that the store gave.
    #[must_use]
    pub const fn numbered(self, number: u64) -> QueueToken {
        let Self { id, queue, user, concert, joined_at } = self;
        QueueToken { id, queue, user, concert, number, joined_at, state: TokenState::Waiting }
    }
}

/// What a token's row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    /// In line; waiting has no deadline.
    Waiting,
    /// Admitted until the deadline.
    Active {
        /// When it was admitted.
        activated_at: OffsetDateTime,
        /// Whether a guarded call has been made with it.
        claimed: bool,
        /// The first instant at which it is expired.
        expires_at: OffsetDateTime,
    },
    /// Ended.
    Expired {
        /// Why.
        reason: ExpiryReason,
        /// When it was admitted, if it was.
        activated_at: Option<OffsetDateTime>,
        /// When it ended.
        expired_at: OffsetDateTime,
    },
}

impl TokenState {
    /// Whether it says that the token has not ended, lapsed or not.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        match self {
            Self::Waiting | Self::Active { .. } => true,
            Self::Expired { .. } => false,
        }
    }

    /// The instant at which the token ends or has ended; none while it waits.
    #[must_use]
    pub const fn expires_at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Waiting => None,
            Self::Active { expires_at, .. } => Some(*expires_at),
            Self::Expired { expired_at, .. } => Some(*expired_at),
        }
    }
}

/// Why a token has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExpiryReason {
    /// Its user paid.
    Paid,
    /// The active window passed.
    TimedOut,
    /// The claim window passed without a guarded call.
    Unclaimed,
    /// Its user left.
    Left,
}

/// What a token is at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenStatus {
    /// In line.
    Waiting,
    /// Admitted.
    Active,
    /// Ended, and why.
    Expired(ExpiryReason),
}

/// A token refused a step; it is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("queue token is {status:?}: can't {step}")]
pub struct TokenError {
    /// What it is.
    pub status: TokenStatus,
    /// What was asked of it.
    pub step: &'static str,
}

impl QueueToken {
    /// A token as a store kept it.
    #[must_use]
    pub const fn restore(new: NewToken, number: u64, state: TokenState) -> Self {
        let mut token = new.numbered(number);
        token.state = state;
        token
    }

    /// The secret that admits.
    #[must_use]
    pub const fn id(&self) -> TokenId {
        self.id
    }

    /// The line it is a place in.
    #[must_use]
    pub const fn queue(&self) -> QueueId {
        self.queue
    }

    /// Whose it is.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The concert for which the user joined, if they named one.
    #[must_use]
    pub const fn concert(&self) -> Option<ConcertId> {
        self.concert
    }

    /// The place's number: gapless, in the order of arrival.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// When the user joined.
    #[must_use]
    pub const fn joined_at(&self) -> OffsetDateTime {
        self.joined_at
    }

    /// What it was before it had its number.
    #[must_use]
    pub const fn place(&self) -> NewToken {
        let Self { id, queue, user, concert, joined_at, .. } = *self;
        NewToken { id, queue, user, concert, joined_at }
    }

    /// What its row says, lapsed or not.
    #[must_use]
    pub const fn state(&self) -> TokenState {
        self.state
    }

    /// What it is at `now`.
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

    /// Whether its row says that it has not ended, lapsed or not: it then occupies its user's place in the queue.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.state.is_live()
    }

    /// Whether its row says ACTIVE although the deadline has passed.
    #[must_use]
    pub fn has_lapsed(&self, now: OffsetDateTime) -> bool {
        matches!(self.state, TokenState::Active { expires_at, .. } if expires_at <= now)
    }

    /// When it was admitted, if it was.
    #[must_use]
    pub const fn activated_at(&self) -> Option<OffsetDateTime> {
        match self.state {
            TokenState::Waiting => None,
            TokenState::Active { activated_at, .. } => Some(activated_at),
            TokenState::Expired { activated_at, .. } => activated_at,
        }
    }

    /// The instant at which it ends or has ended; none while it waits.
    #[must_use]
    pub const fn expires_at(&self) -> Option<OffsetDateTime> {
        self.state.expires_at()
    }

    /// Whether it is ACTIVE at `now` and no guarded call has been made with it yet.
    #[must_use]
    pub fn is_unclaimed(&self, now: OffsetDateTime) -> bool {
        matches!(self.state, TokenState::Active { claimed: false, expires_at, .. } if now < expires_at)
    }

    /// Lets its user in; the first guarded call is due within `claim_window`.
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

    /// The first guarded call: its deadline becomes `active_window` after its activation. Later calls change nothing.
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

    /// Makes its deadline at least `until`.
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

    /// Writes down that its deadline has passed.
    ///
    /// # Errors
    /// Unless its row says ACTIVE and the deadline has passed at `now`.
    pub fn lapse(self, now: OffsetDateTime) -> Result<Self, TokenError> {
        match self.state {
            TokenState::Active { expires_at, claimed, .. } if expires_at <= now => {
                let reason = if claimed { ExpiryReason::TimedOut } else { ExpiryReason::Unclaimed };
                Ok(self.expired(reason, expires_at))
            }
            TokenState::Waiting | TokenState::Active { .. } | TokenState::Expired { .. } => Err(self.refuse("lapse", now)),
        }
    }

    /// Ends it because its user left the line or the shop.
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
