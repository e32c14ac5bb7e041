//! Admit n now: a tick by hand, that ignores the batch only.

use crate::decide::{Decision, Verdict, admit};
use crate::deed::{Act, Changed, Order, Subject};
use crate::key::Keyed;
use crate::{Context, Outcome, QueueId, Refusal, Rules, Write};

/// Users are to be let in now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Whose order.
    pub order: Order,
    /// The request's key: the same request twice admits once.
    pub keyed: Keyed,
    /// Into which queue's concerts.
    pub queue: QueueId,
    /// How many.
    pub count: u32,
}

/// The foremost who wait are let in, `count` of them, and no more than there are places.
///
/// # Errors
/// [`Refusal::KeyReused`], [`Refusal::NotFound`], [`Refusal::QueuePaused`].
pub fn decide(context: &Context, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    if let Some(first_answer) = command.keyed.replay(context)? {
        return Ok(first_answer);
    }
    let queue = context.queue.as_ref().ok_or(Refusal::NotFound)?;
    if !queue.state.lets_through() {
        return Err(Refusal::QueuePaused.into());
    }
    let (mut change, ticked) = admit::decide_at_most(context, rules, command.count).unwrap_or_default();
    if ticked.admitted > 0 {
        let admitted = Changed { name: "admitted".to_owned(), before: None, after: Some(ticked.admitted.to_string()) };
        change.write(Write::insert(command.order.done(Act::Admit, Subject::Queue(queue.id), vec![admitted], context.now)));
    }
    let outcome = Outcome::Admitted { admitted: ticked.admitted };
    change.write(command.keyed.record(outcome.clone(), context, rules));
    Ok(Decision::commit(outcome, change, context.now))
}
