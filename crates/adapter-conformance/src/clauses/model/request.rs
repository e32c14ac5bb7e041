//! Requests of all sorts as one type.

use application::Command;
use application::ports::Load;
use domain::decide::join::Joined;
use domain::decide::{charge, claim, hold, join, leave, pay, refund, register, release};
use domain::{Change, Context, Outcome, QueueToken, Refusal, Rules, Verdict};
use time::OffsetDateTime;

/// A request of any sort.
#[derive(Debug, Clone)]
pub(super) enum Request {
    Register(register::Command),
    Join(join::Command),
    Claim(claim::Command),
    Hold(hold::Command),
    Release(release::Command),
    Charge(charge::Command),
    Pay(pay::Command),
    Refund(refund::Command),
    Leave(leave::Command),
}

/// What a client is told.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Told {
    Joined(Joined),
    Claimed(QueueToken),
    Booked(Outcome),
    Done,
}

/// What a request comes to, if its change can be committed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decided {
    pub(super) told: Result<(Told, OffsetDateTime, bool), Refusal>,
    pub(super) change: Option<Change>,
}

impl Request {
    pub(super) fn load(&self) -> Load {
        match self {
            Self::Register(command) => command.load(),
            Self::Join(command) => command.load(),
            Self::Claim(command) => command.load(),
            Self::Hold(command) => command.load(),
            Self::Release(command) => command.load(),
            Self::Charge(command) => command.load(),
            Self::Pay(command) => command.load(),
            Self::Refund(command) => command.load(),
            Self::Leave(command) => command.load(),
        }
    }

    pub(super) fn decide(&self, context: &Context, rules: &Rules) -> Decided {
        match self {
            Self::Register(command) => decided(Command::decide(command, context, rules), Told::Booked),
            Self::Join(command) => decided(Command::decide(command, context, rules), Told::Joined),
            Self::Claim(command) => decided(Command::decide(command, context, rules), Told::Claimed),
            Self::Hold(command) => decided(Command::decide(command, context, rules), Told::Booked),
            Self::Release(command) => decided(Command::decide(command, context, rules), |()| Told::Done),
            Self::Charge(command) => decided(Command::decide(command, context, rules), Told::Booked),
            Self::Pay(command) => decided(Command::decide(command, context, rules), Told::Booked),
            Self::Refund(command) => decided(Command::decide(command, context, rules), Told::Booked),
            Self::Leave(command) => decided(Command::decide(command, context, rules), |()| Told::Done),
        }
    }
}

fn decided<T>(verdict: Verdict<T>, told: impl Fn(T) -> Told) -> Decided {
    match verdict {
        Ok(decision) => Decided { told: Ok((told(decision.outcome), decision.at, decision.replayed)), change: decision.change },
        Err(refused) => Decided { told: Err(refused.refusal), change: refused.claim.map(|claim| *claim) },
    }
}
