//! Admit n now: a tick by hand, that ignores the batch only.

use time::OffsetDateTime;

use crate::audit_entry::{Action, Changed, Order, Subject};
use crate::decide::{Decision, Verdict, admit};
use crate::idempotency::{IdempotencyRecord, IdempotentRequest};
use crate::loaded::LoadedLine;
use crate::{Needs, Outcome, QueueId, Refusal, Rules, Versioned, Write, need};

/// Users are to be let in now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Whose order.
    pub order: Order,
    /// The request's key: the same request twice admits once.
    pub idempotency: IdempotentRequest,
    /// Into which queue's concerts.
    pub queue: QueueId,
    /// How many.
    pub count: u32,
}

/// What the decision looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The record of the request's key.
    pub key: Option<Versioned<IdempotencyRecord>>,
    /// The queue and its tokens.
    pub line: Option<LoadedLine>,
}

impl crate::Command for Command {
    type Outcome = Outcome;
    type Needs = (need::Key, need::Line);

    fn needs(&self) -> Self::Needs {
        (need::Key(self.idempotency.scope.clone()), need::Line { queue: self.queue, at_most: self.count })
    }

    fn decide(&self, now: OffsetDateTime, (key, line): <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Self::Outcome> {
        decide(&Input { now, key, line }, self, rules)
    }
}

/// The foremost who wait are let in, `count` of them, and no more than there are places.
///
/// # Errors
/// [`Refusal::KeyReused`], [`Refusal::NotFound`], [`Refusal::QueuePaused`].
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let (now, key) = (input.now, input.key.as_ref());
    if let Some(first_answer) = command.idempotency.replay(key, now)? {
        return Ok(first_answer);
    }
    let line = input.line.as_ref().ok_or(Refusal::NotFound)?;
    let queue = &line.queue;
    if !queue.state().lets_through() {
        return Err(Refusal::QueuePaused.into());
    }
    let (mut change, ticked) = admit::decide_at_most(line, now, rules, command.count).unwrap_or_default();
    if ticked.admitted > 0 {
        let admitted = Changed { name: "admitted".to_owned(), before: None, after: Some(ticked.admitted.to_string()) };
        change.write(Write::insert(command.order.done(Action::Admit, Subject::Queue(queue.id()), vec![admitted], now)));
    }
    let outcome = Outcome::Admitted { admitted: ticked.admitted };
    change.write(command.idempotency.record(outcome.clone(), key, now, rules));
    Ok(Decision::commit(outcome, change, now))
}
