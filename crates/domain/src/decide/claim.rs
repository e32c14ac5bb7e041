//! Claim: an admitted user's first guarded call.

use crate::decide::admission::Pass;
use crate::decide::{Decision, Verdict};
use crate::{Context, QueueId, QueueToken, Rules};

/// A guarded call is made that decides nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// Who calls, by which admission.
    pub pass: Pass,
    /// The queue that guards what is called; none: what is called doesn't exist.
    pub queue: Option<QueueId>,
}

/// The token, claimed.
///
/// # Errors
/// The refusals of [`Pass::check`].
pub fn decide(context: &Context, command: &Command, rules: &Rules) -> Verdict<QueueToken> {
    let admitted = command.pass.check(command.queue, context, rules)?;
    let change = admitted.claim();
    Ok(Decision { outcome: admitted.claimed, at: context.now, change, replayed: false })
}
