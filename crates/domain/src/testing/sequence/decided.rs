//! Decided commands: a command is decided on the current rows of a store; its changes are committed immediately or later.

use super::AnyCommand;
use crate::decide::{Command, Decision, Refused, Verdict, admit, lapse};
use crate::need::{LapsedHolds, QueueHead};
use crate::testing::{Conflict, ModelStore};
use crate::{Change, Needs, Outcome, Refusal};

/// The result of a command before its changes are committed.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The changes to commit: at most one, except for a sweep, which has one for each hold.
    pub changes: Vec<Change>,
    /// The response to the client after the commit, or the reason why the command is refused.
    pub answer: Result<Answer, Refusal>,
}

/// A response to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A command without an idempotency key is done.
    Done,
    /// The outcome of a command with a key.
    Outcome(Outcome),
    /// The outcome of the first request with the same key.
    Replayed(Outcome),
}

impl AnyCommand {
    /// Decides the command on the current rows of `store`.
    ///
    /// # Panics
    /// If the store's rows contradict each other.
    #[must_use]
    pub fn decide(&self, store: &ModelStore) -> Decided {
        match self {
            Self::Register(command) => done(verdict(store, command)),
            Self::Join(command) => done(verdict(store, command)),
            Self::Leave(command) => done(verdict(store, command)),
            Self::Claim(command) => done(verdict(store, command)),
            Self::Release(command) => done(verdict(store, command)),
            Self::CheckIn(command) => done(verdict(store, command)),
            Self::Hold(command) => idempotent(verdict(store, command)),
            Self::Exchange(command) => idempotent(verdict(store, command)),
            Self::Charge(command) => idempotent(verdict(store, command)),
            Self::Pay(command) => idempotent(verdict(store, command)),
            Self::Refund(command) => idempotent(verdict(store, command)),
            Self::Tick(queue) => {
                // At most two lapsed tokens at a time: the rows of the others are still ACTIVE.
                let line = found(store, &QueueHead { queue: *queue, at_most: 2 });
                let ticked = line.and_then(|line| admit::decide(&line, store.now, &store.rules));
                Decided { changes: ticked.map(|(change, _)| change).into_iter().collect(), answer: Ok(Answer::Done) }
            }
            Self::Sweep => {
                let holds = found(store, &LapsedHolds { at_most: u32::MAX, longest: store.rules.hold });
                let holds: Vec<_> = holds.into_iter().collect::<Result<_, _>>().unwrap_or_else(|unreadable| panic!("{unreadable}"));
                let changes = lapse::decide(&holds, store.now).into_iter().collect::<Result<_, _>>();
                Decided { changes: changes.unwrap_or_else(|fault| panic!("{fault}")), answer: Ok(Answer::Done) }
            }
        }
    }
}

impl Decided {
    /// Commits each of the changes.
    ///
    /// # Errors
    /// The first [`Conflict`]; the other changes are committed nevertheless.
    pub fn commit(&self, store: &mut ModelStore) -> Result<(), Conflict> {
        self.changes.iter().map(|change| store.commit(change)).fold(Ok(()), Result::and)
    }
}

fn verdict<C: Command>(store: &ModelStore, command: &C) -> Verdict<C::Outcome> {
    command.decide_by(&store.load(), &store.rules).unwrap_or_else(|unreadable| panic!("{unreadable}"))
}

fn found<N: Needs>(store: &ModelStore, need: &N) -> N::Found {
    need.find(&store.load()).unwrap_or_else(|unreadable| panic!("{unreadable}"))
}

fn done<T>(verdict: Verdict<T>) -> Decided {
    to_decided(verdict, |_, _| Answer::Done)
}

fn idempotent(verdict: Verdict<Outcome>) -> Decided {
    to_decided(verdict, |outcome, replayed| if replayed { Answer::Replayed(outcome) } else { Answer::Outcome(outcome) })
}

fn to_decided<T>(verdict: Verdict<T>, answer: impl FnOnce(T, bool) -> Answer) -> Decided {
    match verdict {
        Ok(Decision { outcome, change, replayed, .. }) => {
            Decided { changes: change.into_iter().collect(), answer: Ok(answer(outcome, replayed)) }
        }
        Err(Refused { refusal, claim }) => Decided { changes: claim.into_iter().map(|change| *change).collect(), answer: Err(refusal) },
    }
}
