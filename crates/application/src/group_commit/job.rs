//! A command in the lanes, and the handle by which its client waits for the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use domain::need::Unreadable;
use domain::{Change, Command, Decision, Need, Needs, Refusal, Rows, Rules};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Instant, timeout_at};
use tracing::Span;

use super::answer::Answer;
use crate::Error;
use crate::ports::Committed;

/// A command in the lanes, with any type of outcome.
pub(super) trait Job: Send {
    /// Adds the needs of its decision.
    fn add_needs(&mut self, needs: &mut Vec<Need>);
    /// Returns the span of its processing.
    fn span(&self) -> &Span;
    /// Whether its client no longer waits for it.
    fn is_abandoned(&self) -> bool;
    /// Decides, and returns the change to commit; without a change, only [`Job::finish`] is left to do.
    fn decide(&mut self, rows: &Rows, rules: &Rules) -> Result<Option<Change>, Unreadable>;
    /// Marks that its commit is in progress; false if its client has given up.
    fn begin_commit(&self) -> bool;
    /// Marks that it is not committed: it will be loaded and decided again. Returns how often that has happened before.
    fn retry(&mut self) -> u32;
    /// Returns how often it was retried.
    fn retries(&self) -> u32;
    /// Marks that its change must not be part of a chain.
    fn set_solitary(&mut self);
    /// Whether its change must not be part of a chain.
    fn is_solitary(&self) -> bool;
    /// Sends the result of the decision.
    fn finish(self: Box<Self>, committed: Committed);
    /// Sends an error.
    fn fail(self: Box<Self>, error: Error);
}

const WAITING: u8 = 0;
const COMMITTING: u8 = 1;
const ABANDONED: u8 = 2;

/// The handle by which a client waits for its answer.
pub(super) struct AnswerHandle<T> {
    answer: oneshot::Receiver<Result<Answer<T>, Error>>,
    stage: Arc<AtomicU8>,
}

struct Pending<C: Command> {
    command: C,
    /// The needs of its decision, once they are determined.
    needs: Option<C::Needs>,
    verdict: Option<Result<Decision<C::Outcome>, Refusal>>,
    client: oneshot::Sender<Result<Answer<C::Outcome>, Error>>,
    stage: Arc<AtomicU8>,
    deadline: Instant,
    retries: u32,
    is_solitary: bool,
    span: Span,
    /// Held until the command is answered or abandoned: the number of commands is limited.
    _permit: OwnedSemaphorePermit,
}

pub(super) fn new<C: Command>(command: C, deadline: Instant, permit: OwnedSemaphorePermit) -> (Box<dyn Job>, AnswerHandle<C::Outcome>) {
    let (client, answer) = oneshot::channel();
    let stage = Arc::new(AtomicU8::new(WAITING));
    let job = Pending {
        command,
        needs: None,
        verdict: None,
        client,
        stage: stage.clone(),
        deadline,
        retries: 0,
        is_solitary: false,
        _permit: permit,
        span: tracing::debug_span!("command", kind = kind::<C>()),
    };
    (Box::new(job), AnswerHandle { answer, stage })
}

impl<T> AnswerHandle<T> {
    /// Waits for the answer until the deadline. After the deadline, a command whose commit isn't in progress is withdrawn.
    pub(super) async fn answer(self, deadline: Instant) -> Result<Answer<T>, Error> {
        let answered = timeout_at(deadline, self.answer).await;
        if let Ok(Ok(answer)) = answered {
            return answer;
        }
        // The sender was dropped: after the deadline by a lane, or before the deadline with a batch that was lost to a panic.
        let is_lost = answered.is_ok() && Instant::now() < deadline;
        let withdrawn = self.stage.compare_exchange(WAITING, ABANDONED, Ordering::AcqRel, Ordering::Acquire);
        Err(match withdrawn {
            Ok(_) if is_lost => Error::Internal,
            Ok(_) => Error::Overloaded,
            Err(_) => Error::Unavailable,
        })
    }
}

impl<C: Command> Job for Pending<C> {
    fn add_needs(&mut self, needs: &mut Vec<Need>) {
        self.needs.get_or_insert_with(|| self.command.needs()).add_to(needs);
    }

    fn span(&self) -> &Span {
        &self.span
    }

    fn is_abandoned(&self) -> bool {
        self.client.is_closed() || self.deadline <= Instant::now()
    }

    fn decide(&mut self, rows: &Rows, rules: &Rules) -> Result<Option<Change>, Unreadable> {
        let found = self.needs.get_or_insert_with(|| self.command.needs()).find(rows)?;
        let (verdict, change) = match self.command.decide(rows.now, found, rules) {
            Ok(mut decision) => {
                let change = decision.change.take();
                (Ok(decision), change)
            }
            Err(refused) => (Err(refused.refusal), refused.claim.map(|claim| *claim)),
        };
        self.verdict = Some(verdict);
        Ok(change)
    }

    fn begin_commit(&self) -> bool {
        self.stage.compare_exchange(WAITING, COMMITTING, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn retry(&mut self) -> u32 {
        self.verdict = None;
        // An abandoned command stays abandoned.
        let _ = self.stage.compare_exchange(COMMITTING, WAITING, Ordering::AcqRel, Ordering::Acquire);
        let before = self.retries;
        self.retries = before.saturating_add(1);
        before
    }

    fn retries(&self) -> u32 {
        self.retries
    }

    fn set_solitary(&mut self) {
        self.is_solitary = true;
    }

    fn is_solitary(&self) -> bool {
        self.is_solitary
    }

    fn finish(self: Box<Self>, committed: Committed) {
        let answer = match self.verdict {
            Some(Ok(Decision { outcome, at, replayed, .. })) => Ok(Answer { outcome, at, replayed, number: committed.number }),
            Some(Err(refusal)) => Err(refusal.into()),
            None => Err(Error::Internal),
        };
        // The client may have gone.
        let _ = self.client.send(answer);
    }

    fn fail(self: Box<Self>, error: Error) {
        let _ = self.client.send(Err(error));
    }
}

/// Returns the name of the module that decides such a command, like `hold`.
fn kind<C>() -> &'static str {
    std::any::type_name::<C>().rsplit("::").nth(1).unwrap_or_default()
}
