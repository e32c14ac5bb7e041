//! Claim: the first guarded request with an active token.

use time::OffsetDateTime;

use crate::decide::admission::Pass;
use crate::decide::{Decision, Verdict};
use crate::loaded::LoadedToken;
use crate::{Needs, QueueId, QueueToken, Rules, need};

/// The command of a guarded request that decides nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// The user and the queue token of the request.
    pub pass: Pass,
    /// The queue that guards the requested resource; none: the resource doesn't exist.
    pub queue: Option<QueueId>,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The token of the request.
    pub token: Option<LoadedToken>,
}

impl crate::Command for Command {
    type Outcome = QueueToken;
    type Needs = Option<need::Token>;

    fn needs(&self) -> Self::Needs {
        self.pass.token.map(need::Token)
    }

    fn decide(&self, now: OffsetDateTime, token: <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<QueueToken> {
        decide(&Input { now, token: token.flatten() }, self, rules)
    }
}

/// Claims the token.
///
/// # Errors
/// The refusals of [`Pass::check`].
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<QueueToken> {
    let admitted = command.pass.check(command.queue, input.token.as_ref(), input.now, rules)?;
    let change = admitted.claim();
    Ok(Decision { outcome: admitted.claimed, at: input.now, change, replayed: false })
}
