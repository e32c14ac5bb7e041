//! Admit n now: a tick by hand, that ignores the batch only.

use super::by;
use crate::decide::admit::{self, Ticked};
use crate::decide::{Decision, Verdict};
use crate::deed::{Act, Changed, Order, Subject};
use crate::{Context, QueueId, Refusal, Rules};

/// Users are to be let in now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Whose order.
    pub order: Order,
    /// Into which queue's concerts.
    pub queue: QueueId,
    /// How many.
    pub count: u32,
}

/// The foremost who wait are let in, `count` of them, and no more than there are places.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::QueuePaused`].
pub fn decide(context: &Context, command: &Command, rules: &Rules) -> Verdict<Ticked> {
    let queue = context.queue.as_ref().ok_or(Refusal::NotFound)?;
    if !queue.state.lets_through() {
        return Err(Refusal::QueuePaused.into());
    }
    let Some((mut change, ticked)) = admit::decide_at_most(context, rules, command.count) else {
        return Ok(Decision::already(Ticked::default(), context.now));
    };
    if ticked.admitted > 0 {
        let admitted = Changed { name: "admitted".to_owned(), before: None, after: Some(ticked.admitted.to_string()) };
        change.deed = by(&command.order, Act::Admit, Subject::Queue(queue.id), vec![admitted], context.now).deed;
    }
    Ok(Decision::commit(ticked, change, context.now))
}
