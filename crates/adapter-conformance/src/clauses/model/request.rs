//! All kinds of requests as one type.

use domain::decide::join::Joined;
use domain::decide::{charge, claim, hold, join, leave, pay, refund, register, release};
use domain::need::Unreadable;
use domain::{Change, Command, Need, Outcome, QueueToken, Refusal, Rows, Rules, Verdict};
use time::OffsetDateTime;

use crate::world::needs_of;

/// A request of any kind.
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

/// The response to a client.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Response {
    Joined(Joined),
    Claimed(QueueToken),
    Recorded(Outcome),
    Done,
}

/// The decision on a request: its result if its change can be committed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decided {
    pub(super) result: Result<(Response, OffsetDateTime, bool), Refusal>,
    pub(super) change: Option<Change>,
}

impl Request {
    /// Returns the needs of the request.
    pub(super) fn needs(&self) -> Vec<Need> {
        match self {
            Self::Register(command) => needs_of(&command.needs()),
            Self::Join(command) => needs_of(&command.needs()),
            Self::Claim(command) => needs_of(&command.needs()),
            Self::Hold(command) => needs_of(&command.needs()),
            Self::Release(command) => needs_of(&command.needs()),
            Self::Charge(command) => needs_of(&command.needs()),
            Self::Pay(command) => needs_of(&command.needs()),
            Self::Refund(command) => needs_of(&command.needs()),
            Self::Leave(command) => needs_of(&command.needs()),
        }
    }

    pub(super) fn decide(&self, rows: &Rows, rules: &Rules) -> Decided {
        match self {
            Self::Register(command) => decided(command.decide_by(rows, rules), Response::Recorded),
            Self::Join(command) => decided(command.decide_by(rows, rules), Response::Joined),
            Self::Claim(command) => decided(command.decide_by(rows, rules), Response::Claimed),
            Self::Hold(command) => decided(command.decide_by(rows, rules), Response::Recorded),
            Self::Release(command) => decided(command.decide_by(rows, rules), |()| Response::Done),
            Self::Charge(command) => decided(command.decide_by(rows, rules), Response::Recorded),
            Self::Pay(command) => decided(command.decide_by(rows, rules), Response::Recorded),
            Self::Refund(command) => decided(command.decide_by(rows, rules), Response::Recorded),
            Self::Leave(command) => decided(command.decide_by(rows, rules), |()| Response::Done),
        }
    }
}

fn decided<T>(verdict: Result<Verdict<T>, Unreadable>, response: impl Fn(T) -> Response) -> Decided {
    match verdict.unwrap() {
        Ok(decision) => Decided { result: Ok((response(decision.outcome), decision.at, decision.replayed)), change: decision.change },
        Err(refused) => Decided { result: Err(refused.refusal), change: refused.claim.map(|claim| *claim) },
    }
}
