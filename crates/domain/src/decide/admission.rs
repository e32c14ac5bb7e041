//! The check of queue tokens: guarded requests need an active token of their user.

use time::OffsetDateTime;

use crate::decide::Refused;
use crate::loaded::LoadedToken;
use crate::{Change, Guard, QueueId, QueueToken, Refusal, Rules, TokenId, TokenStatus, UserId, Versioned, Write};

/// The user and the queue token of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// The user who sent the request.
    pub user: UserId,
    /// The queue token of the request, if it has one.
    pub token: Option<TokenId>,
}

/// A valid pass: the token is ACTIVE and belongs to the user and to the right queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidPass {
    /// The token as it was loaded.
    pub loaded: Versioned<QueueToken>,
    /// The token after the claim by this request.
    pub claimed: QueueToken,
    /// The token's deadline, which the decision relies on.
    pub deadline: OffsetDateTime,
    /// The guard on the queue whose policy determined the claimed token's deadline.
    pub policy: Guard,
}

impl Pass {
    /// Refuses a guarded request before its pass was checked. If the pass is valid and this is the token's first guarded request, the
    /// refusal carries the claim.
    #[must_use]
    pub fn refuse(
        self,
        refusal: Refusal,
        queue: Option<QueueId>,
        found: Option<&LoadedToken>,
        now: OffsetDateTime,
        rules: &Rules,
    ) -> Refused {
        match self.check(queue, found, now, rules) {
            Ok(admitted) => admitted.refuse(refusal),
            Err(_) => refusal.into(),
        }
    }

    /// Checks the pass at `now` against the token that was `found`, for a resource that `queue` admits to; no queue: the resource doesn't
    /// exist.
    ///
    /// # Errors
    /// [`Refusal::TokenRequired`], [`Refusal::TokenMismatch`], [`Refusal::TokenWaiting`], [`Refusal::TokenExpired`].
    pub fn check(
        self,
        queue: Option<QueueId>,
        found: Option<&LoadedToken>,
        now: OffsetDateTime,
        rules: &Rules,
    ) -> Result<ValidPass, Refusal> {
        let id = self.token.ok_or(Refusal::TokenRequired)?;
        let LoadedToken { token, queue: of } = found.ok_or(Refusal::TokenMismatch)?;
        check_token(token, self.user, queue, now)?;
        let deadline = token.expires_at().ok_or(Refusal::TokenWaiting { token: id })?;
        let claimed = token.row.clone().claim(of.policy(&rules.queue).active, now).map_err(|_| Refusal::TokenMismatch)?;
        Ok(ValidPass { loaded: token.clone(), claimed, deadline, policy: Guard::Queue(of.id(), of.version) })
    }
}

/// Checks that `token` admits `user` to a resource that `queue` guards; no queue: the resource doesn't exist.
///
/// # Errors
/// [`Refusal::TokenMismatch`], [`Refusal::TokenWaiting`], [`Refusal::TokenExpired`].
pub fn check_token(token: &QueueToken, user: UserId, queue: Option<QueueId>, now: OffsetDateTime) -> Result<(), Refusal> {
    if !token.user().is(user) || queue.is_some_and(|queue| queue != token.queue()) {
        return Err(Refusal::TokenMismatch);
    }
    match token.status(now) {
        TokenStatus::Waiting => Err(Refusal::TokenWaiting { token: token.id() }),
        TokenStatus::Active => Ok(()),
        TokenStatus::Expired(reason) => Err(Refusal::TokenExpired(reason)),
    }
}

impl ValidPass {
    /// Returns the change that records the claim; none if the token was claimed before.
    #[must_use]
    pub fn claim(&self) -> Option<Change> {
        (self.claimed != self.loaded.row).then(|| Change {
            guards: vec![self.policy],
            writes: vec![Write::update(&self.loaded, self.claimed.clone()).into()],
            not_after: Some(self.deadline),
            ..Change::default()
        })
    }

    /// Refuses the request. If it is the token's first guarded one, the refusal carries the claim.
    #[must_use]
    pub fn refuse(&self, refusal: Refusal) -> Refused {
        Refused { refusal, claim: self.claim().map(Box::new) }
    }
}
