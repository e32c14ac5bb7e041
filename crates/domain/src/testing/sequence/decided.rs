//! A command is decided on what a store has now; its changes are committed now or later.

use super::AnyCommand;
use crate::decide::{Command, Decision, Refused, Verdict, admit, lapse};
use crate::need::{LapsedHolds, Line};
use crate::testing::{Conflict, ModelStore};
use crate::{Change, Needs, Outcome, Refusal};

/// What a command came to, before anything of it is written.
#[derive(Debug, Clone)]
pub struct Decided {
    /// What is to be committed: mostly one change or none; of a sweep, one for each hold.
    pub changes: Vec<Change>,
    /// What the client is told once that is done, or why the command is refused.
    pub answer: Result<Answer, Refusal>,
}

/// What a client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done: commands without an idempotency key.
    Done,
    /// What came of it: commands with a key.
    Outcome(Outcome),
    /// What came of the first request with the same key.
    Replayed(Outcome),
}

impl AnyCommand {
    /// Decides it on the rows that `store` has now.
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
            Self::Hold(command) => idempotency(verdict(store, command)),
            Self::Exchange(command) => idempotency(verdict(store, command)),
            Self::Charge(command) => idempotency(verdict(store, command)),
            Self::Pay(command) => idempotency(verdict(store, command)),
            Self::Refund(command) => idempotency(verdict(store, command)),
            Self::Tick(queue) => {
                // Two of the lapsed at a time: the others' rows still say ACTIVE.
                let line = found(store, &Line { queue: *queue, at_most: 2 });
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
    /// Commits each of its changes.
    ///
    /// # Errors
    /// The first [`Conflict`]; the other changes are committed all the same.
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
    answered(verdict, |_, _| Answer::Done)
}

fn idempotency(verdict: Verdict<Outcome>) -> Decided {
    answered(verdict, |outcome, replayed| if replayed { Answer::Replayed(outcome) } else { Answer::Outcome(outcome) })
}

fn answered<T>(verdict: Verdict<T>, answer: impl FnOnce(T, bool) -> Answer) -> Decided {
    match verdict {
        Ok(Decision { outcome, change, replayed, .. }) => {
            Decided { changes: change.into_iter().collect(), answer: Ok(answer(outcome, replayed)) }
        }
        Err(Refused { refusal, claim }) => Decided { changes: claim.into_iter().map(|change| *change).collect(), answer: Err(refusal) },
    }
}
