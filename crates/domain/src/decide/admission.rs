//! The guard: who may do what only the admitted may.

use time::OffsetDateTime;

use crate::decide::Refused;
use crate::loaded::LoadedToken;
use crate::{Change, Guard, QueueId, QueueToken, Refusal, Rules, TokenId, TokenStatus, UserId, Versioned, Write};

/// Who calls, and by which admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// The user who calls.
    pub user: UserId,
    /// The queue token that came with the call, if one did.
    pub token: Option<TokenId>,
}

/// A pass that holds: the token is ACTIVE, the caller's, and of the right queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The token as it was loaded.
    pub loaded: Versioned<QueueToken>,
    /// The token with this call's claim made.
    pub claimed: QueueToken,
    /// The token's deadline, which the decision relies on.
    pub deadline: OffsetDateTime,
    /// The queue whose policy set the claimed token's deadline.
    pub policy: Guard,
}

impl Pass {
    /// Refuses a guarded call before its pass was checked. If the pass holds and this is the token's first guarded call, the claim counts
    /// all the same.
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

    /// Checks the pass at `now`, by the token that was `found`, for what `queue` admits to; no queue: for what doesn't exist.
    ///
    /// # Errors
    /// [`Refusal::TokenRequired`], [`Refusal::TokenMismatch`], [`Refusal::TokenWaiting`], [`Refusal::TokenExpired`].
    pub fn check(
        self,
        queue: Option<QueueId>,
        found: Option<&LoadedToken>,
        now: OffsetDateTime,
        rules: &Rules,
    ) -> Result<Admitted, Refusal> {
        let id = self.token.ok_or(Refusal::TokenRequired)?;
        let LoadedToken { token, queue: of } = found.ok_or(Refusal::TokenMismatch)?;
        judge(token, self.user, queue, now)?;
        let deadline = token.expires_at().ok_or(Refusal::TokenWaiting { token: id })?;
        let claimed = token.row.clone().claim(of.policy(&rules.queue).active, now).map_err(|_| Refusal::TokenMismatch)?;
        Ok(Admitted { loaded: token.clone(), claimed, deadline, policy: Guard::Queue(of.id(), of.version) })
    }
}

/// Whether `token` admits `user` to what `queue` guards; no queue: to what doesn't exist.
///
/// # Errors
/// [`Refusal::TokenMismatch`], [`Refusal::TokenWaiting`], [`Refusal::TokenExpired`].
pub fn judge(token: &QueueToken, user: UserId, queue: Option<QueueId>, now: OffsetDateTime) -> Result<(), Refusal> {
    if !token.user().is(user) || queue.is_some_and(|queue| queue != token.queue()) {
        return Err(Refusal::TokenMismatch);
    }
    match token.status(now) {
        TokenStatus::Waiting => Err(Refusal::TokenWaiting { token: token.id() }),
        TokenStatus::Active => Ok(()),
        TokenStatus::Expired(reason) => Err(Refusal::TokenExpired(reason)),
    }
}

impl Admitted {
    /// The change that writes the claim down; none if the token was claimed before.
    #[must_use]
    pub fn claim(&self) -> Option<Change> {
        (self.claimed != self.loaded.row).then(|| Change {
            guards: vec![self.policy],
            writes: vec![Write::update(&self.loaded, self.claimed.clone()).into()],
            not_after: Some(self.deadline),
            ..Change::default()
        })
    }

    /// Refuses the call; if it was the token's first guarded one, the claim counts nevertheless.
    #[must_use]
    pub fn refuse(&self, refusal: Refusal) -> Refused {
        Refused { refusal, claim: self.claim().map(Box::new) }
    }
}
