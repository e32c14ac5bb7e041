//! Sessions: a browser stays signed in by a refresh token, which is replaced whenever it is used.
//!
//! ```text
//!   (none) ── create a login code ──► PENDING ── redeem ──► ACTIVE ──┐ refresh
//!   (none) ── start ──────────────────────────────────────► ACTIVE ◄─┘
//!   PENDING, ACTIVE ── end ─────────────────────────► ENDED (SIGNED_OUT)
//!   ACTIVE ── refresh with a former refresh token ──► ENDED (TOKEN_REUSED)
//! ```
//!
//! A PENDING session ends when its login code expires; an ACTIVE one when it isn't used for some time, and at the end of its lifetime.
//!
//! The replaced refresh token remains valid for a short grace period: two tabs may send it at once, or the response with its successor may
//! be lost. Both get the same successor, which is derived from the token and a random number in the row. A former token that is used later
//! was copied: the session ends, for its user as for the thief.

use std::fmt;

use sha2::{Digest as _, Sha256};
use thiserror::Error;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::text::Text;
use crate::{SessionId, SessionRules, UserId};

/// A short description of a browser and its device.
pub type DeviceName = Text<60>;

/// A refresh token or a login code: random bytes that only the client knows. Its debug output hides it from logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub [u8; 32]);

/// The digest of a [`Secret`], which is stored in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretDigest(pub [u8; 32]);

/// The permissions of a caller in addition to those of every user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Roles {
    /// The permissions of operators.
    pub operator: bool,
    /// The permission to charge the wallets of users.
    pub cashier: bool,
    /// The permission to check in tickets.
    pub scanner: bool,
}

/// The part of a session that never changes, but for the device of a session that began with a login code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOwner {
    /// The id.
    pub id: SessionId,
    /// The user who is signed in.
    pub user: UserId,
    /// The roles of the session's access tokens.
    pub roles: Roles,
    /// The browser, if known.
    pub device: Option<DeviceName>,
}

/// A session. Each has a slot, a small number that distinguishes the sessions of one user, and so limits how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    owner: SessionOwner,
    slot: u8,
    created_at: OffsetDateTime,
    state: SessionState,
}

/// The state of a session's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// A login code was created and not yet redeemed.
    Pending {
        /// The digest of the login code.
        code: SecretDigest,
        /// The first instant at which the code is no longer valid.
        expires_at: OffsetDateTime,
    },
    /// The user is signed in.
    Active {
        /// The digest of the current refresh token.
        token: SecretDigest,
        /// The refresh token before it; none if it is the first one.
        former: Option<FormerToken>,
        /// The time at which the session was started or last renewed.
        used_at: OffsetDateTime,
        /// The first instant at which it has ended, unless it is used before.
        idle_at: OffsetDateTime,
        /// The first instant at which it has ended, however often it is used.
        expires_at: OffsetDateTime,
    },
    /// The session has ended.
    Ended {
        /// The reason.
        reason: EndReason,
        /// The time of its end.
        ended_at: OffsetDateTime,
    },
}

/// A refresh token that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerToken {
    /// The digest of the token.
    pub digest: SecretDigest,
    /// The random number from which its successor was derived.
    pub nonce: Uuid,
    /// The first instant at which it is no longer valid.
    pub valid_until: OffsetDateTime,
}

/// The reason why a session has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// Its user signed out, there or on another device.
    SignedOut,
    /// A former refresh token was used after its grace period.
    TokenReused,
}

/// The status of a session at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionStatus {
    /// Its login code can be redeemed.
    Pending,
    /// The user is signed in.
    Active,
    /// Its deadline has passed.
    Expired,
    /// It has ended for this reason.
    Ended(EndReason),
}

/// The error for a step that the status of the session or the secret doesn't allow; the session is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the session is {status:?}: the step `{step}` is not possible")]
pub struct SessionError {
    /// The status of the session.
    pub status: SessionStatus,
    /// The requested step.
    pub step: &'static str,
}

/// The result of the use of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The token was replaced: the session with its new token.
    Replaced(Session, Secret),
    /// The token was replaced within the grace period, and this is its successor; the session is unchanged.
    Repeated(Secret),
    /// The token had been replaced before the grace period: the ended session.
    Reused(Session),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Combines two random numbers.
    #[must_use]
    pub fn of(first: Uuid, second: Uuid) -> Self {
        Self(Sha256::new().chain_update(first).chain_update(second).finalize().into())
    }

    /// Returns the digest, from which the secret can't be derived.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(self.0).into())
    }

    /// Returns the secret that replaces this one. It can't be derived without this secret, nor without `nonce`.
    #[must_use]
    pub fn successor(&self, nonce: Uuid) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(nonce).finalize().into())
    }
}

impl Roles {
    /// No additional permissions: a buyer.
    pub const NONE: Self = Self { operator: false, cashier: false, scanner: false };
}

impl Session {
    /// Starts the session of a user who has signed in; `token` is its first refresh token.
    #[must_use]
    pub fn start(owner: SessionOwner, slot: u8, token: &Secret, rules: &SessionRules, now: OffsetDateTime) -> Self {
        let state = active(&owner, token, rules, now);
        Self { owner, slot, created_at: now, state }
    }

    /// Creates a session that begins when `code` is redeemed.
    #[must_use]
    pub fn pending(owner: SessionOwner, slot: u8, code: &Secret, rules: &SessionRules, now: OffsetDateTime) -> Self {
        Self { owner, slot, created_at: now, state: SessionState::Pending { code: code.digest(), expires_at: now + rules.login_code } }
    }

    /// Returns a session as stored.
    #[must_use]
    pub const fn restore(owner: SessionOwner, slot: u8, created_at: OffsetDateTime, state: SessionState) -> Self {
        Self { owner, slot, created_at, state }
    }

    /// Returns the id.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.owner.id
    }

    /// Returns the user.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.owner.user
    }

    /// Returns the part that never changes.
    #[must_use]
    pub const fn owner(&self) -> &SessionOwner {
        &self.owner
    }

    /// Returns the slot among the sessions of the user.
    #[must_use]
    pub const fn slot(&self) -> u8 {
        self.slot
    }

    /// Returns the time at which the user signed in; of a session that began with a login code, the time at which the code was created.
    #[must_use]
    pub const fn created_at(&self) -> OffsetDateTime {
        self.created_at
    }

    /// Returns the state of its row, whether or not its deadline has passed.
    #[must_use]
    pub const fn state(&self) -> &SessionState {
        &self.state
    }

    /// Returns its status at `now`.
    #[must_use]
    pub fn status(&self, now: OffsetDateTime) -> SessionStatus {
        match self.state {
            SessionState::Ended { reason, .. } => SessionStatus::Ended(reason),
            SessionState::Pending { .. } | SessionState::Active { .. } if self.ends_at() <= now => SessionStatus::Expired,
            SessionState::Pending { .. } => SessionStatus::Pending,
            SessionState::Active { .. } => SessionStatus::Active,
        }
    }

    /// Returns whether it is PENDING or ACTIVE at `now`.
    #[must_use]
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        matches!(self.status(now), SessionStatus::Pending | SessionStatus::Active)
    }

    /// Returns the instant at which it has ended, or will end if it isn't used.
    #[must_use]
    pub fn ends_at(&self) -> OffsetDateTime {
        match self.state {
            SessionState::Pending { expires_at, .. } => expires_at,
            SessionState::Active { idle_at, expires_at, .. } => idle_at.min(expires_at),
            SessionState::Ended { ended_at, .. } => ended_at,
        }
    }

    /// Returns the time of its last use: of its start or its last renewal.
    #[must_use]
    pub const fn used_at(&self) -> OffsetDateTime {
        match self.state {
            SessionState::Active { used_at, .. } => used_at,
            SessionState::Pending { .. } | SessionState::Ended { .. } => self.created_at,
        }
    }

    /// Begins with its login code, on `device`. Returns the session with its first refresh token, which is derived from the code and
    /// `nonce`, a random number.
    ///
    /// # Errors
    /// Unless it is PENDING at `now` and this is its code: a code is redeemed once.
    pub fn redeem(
        mut self,
        code: &Secret,
        nonce: Uuid,
        device: Option<DeviceName>,
        rules: &SessionRules,
        now: OffsetDateTime,
    ) -> Result<(Self, Secret), SessionError> {
        match self.state {
            SessionState::Pending { code: digest, expires_at } if now < expires_at && digest == code.digest() => {
                let token = code.successor(nonce);
                self.state = active(&self.owner, &token, rules, now);
                self.owner.device = device;
                Ok((self, token))
            }
            SessionState::Pending { .. } | SessionState::Active { .. } | SessionState::Ended { .. } => Err(self.refuse("redeem", now)),
        }
    }

    /// Renews it by a refresh token. Its successor is derived from it and `nonce`, a random number.
    ///
    /// # Errors
    /// Unless it is ACTIVE at `now`.
    pub fn refresh(self, token: &Secret, nonce: Uuid, rules: &SessionRules, now: OffsetDateTime) -> Result<Refreshed, SessionError> {
        let SessionState::Active { token: current, former, expires_at, .. } = &self.state else {
            return Err(self.refuse("refresh", now));
        };
        if self.ends_at() <= now {
            return Err(self.refuse("refresh", now));
        }
        let digest = token.digest();
        // At most one replacement per grace period, so that each token is valid for a whole one after its replacement.
        let recent = former.as_ref().filter(|former| now < former.valid_until);
        match recent {
            Some(former) if digest == former.digest => Ok(Refreshed::Repeated(token.successor(former.nonce))),
            Some(_) if digest == *current => Ok(Refreshed::Repeated(token.clone())),
            None if digest == *current => {
                let successor = token.successor(nonce);
                let state = SessionState::Active {
                    token: successor.digest(),
                    former: Some(FormerToken { digest, nonce, valid_until: now + rules.grace }),
                    used_at: now,
                    idle_at: now + rules.idle,
                    expires_at: *expires_at,
                };
                Ok(Refreshed::Replaced(Self { state, ..self }, successor))
            }
            // The sender knows the session and has a token that it never had, or no longer has.
            Some(_) | None => Ok(Refreshed::Reused(self.ended(EndReason::TokenReused, now))),
        }
    }

    /// Ends it because its user signed out.
    ///
    /// # Errors
    /// Unless it is PENDING or ACTIVE at `now`.
    pub fn end(self, now: OffsetDateTime) -> Result<Self, SessionError> {
        if self.is_live(now) { Ok(self.ended(EndReason::SignedOut, now)) } else { Err(self.refuse("end", now)) }
    }

    fn ended(mut self, reason: EndReason, ended_at: OffsetDateTime) -> Self {
        self.state = SessionState::Ended { reason, ended_at };
        self
    }

    fn refuse(&self, step: &'static str, now: OffsetDateTime) -> SessionError {
        SessionError { status: self.status(now), step }
    }
}

/// Returns the state of a session that begins at `now`. Sessions with additional permissions have a shorter lifetime.
fn active(owner: &SessionOwner, token: &Secret, rules: &SessionRules, now: OffsetDateTime) -> SessionState {
    let lifetime: Duration = if owner.roles == Roles::NONE { rules.lifetime } else { rules.privileged_lifetime };
    SessionState::Active { token: token.digest(), former: None, used_at: now, idle_at: now + rules.idle, expires_at: now + lifetime }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn debug_output_of_a_secret_hides_it() {
        assert_eq!(format!("{:?}", Secret([7; 32])), "Secret(…)");
    }

    proptest! {
        #[test]
        fn secrets_their_digests_and_successors_differ(bytes: [u8; 32], first: u128, second: u128) {
            prop_assume!(first != second);
            let (secret, first, second) = (Secret(bytes), Uuid::from_u128(first), Uuid::from_u128(second));
            prop_assert_ne!(secret.digest().0, secret.0);
            prop_assert_ne!(secret.successor(first), secret.successor(second));
            prop_assert_ne!(secret.successor(first).0, secret.digest().0);
            prop_assert_ne!(Secret::of(first, second), Secret::of(second, first));
        }
    }
}
