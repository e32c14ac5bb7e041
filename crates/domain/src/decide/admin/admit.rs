//! Admission of users by an operator: a manual tick that ignores only the batch size of the policy.

use time::OffsetDateTime;

use crate::audit_entry::{Action, OperatorOrder, PropertyChange, Subject};
use crate::decide::{Decision, Verdict, admit};
use crate::idempotency::{IdempotencyRecord, IdempotentRequest};
use crate::loaded::LoadedQueueHead;
use crate::{Needs, Outcome, QueueId, Refusal, Rules, Versioned, Write, need};

/// The command to admit users now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The request's idempotency key: a repeated request admits users only once.
    pub idempotency: IdempotentRequest,
    /// The queue whose users are admitted.
    pub queue: QueueId,
    /// The maximum number of users to admit.
    pub count: u32,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The idempotency record of the request.
    pub key: Option<Versioned<IdempotencyRecord>>,
    /// The queue and its tokens.
    pub line: Option<LoadedQueueHead>,
}

impl crate::Command for Command {
    type Outcome = Outcome;
    type Needs = (need::Key, need::QueueHead);

    fn needs(&self) -> Self::Needs {
        (need::Key(self.idempotency.scope.clone()), need::QueueHead { queue: self.queue, at_most: self.count })
    }

    fn decide(&self, now: OffsetDateTime, (key, line): <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Self::Outcome> {
        decide(&Input { now, key, line }, self, rules)
    }
}

/// Admits the first `count` waiting users, but never more than the capacity allows.
///
/// # Errors
/// [`Refusal::KeyReused`], [`Refusal::NotFound`], [`Refusal::QueuePaused`].
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let (now, key) = (input.now, input.key.as_ref());
    if let Some(replayed) = command.idempotency.replay(key, now)? {
        return Ok(replayed);
    }
    let line = input.line.as_ref().ok_or(Refusal::NotFound)?;
    let queue = &line.queue;
    if !queue.state().admits() {
        return Err(Refusal::QueuePaused.into());
    }
    let (mut change, ticked) = admit::decide_at_most(line, now, rules, command.count).unwrap_or_default();
    if ticked.admitted > 0 {
        let admitted = PropertyChange { name: "admitted".to_owned(), before: None, after: Some(ticked.admitted.to_string()) };
        change.write(Write::insert(command.order.audit_entry(Action::Admit, Subject::Queue(queue.id()), vec![admitted], now)));
    }
    let outcome = Outcome::Admitted { admitted: ticked.admitted };
    change.write(command.idempotency.record(outcome.clone(), key, now, rules));
    Ok(Decision::commit(outcome, change, now))
}
