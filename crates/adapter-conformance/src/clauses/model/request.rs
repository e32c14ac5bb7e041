//! Requests of all sorts as one type.

use domain::decide::join::Joined;
use domain::decide::{charge, claim, hold, join, leave, pay, refund, register, release};
use domain::need::Unreadable;
use domain::{Change, Command, Need, Outcome, QueueToken, Refusal, Rows, Rules, Verdict};
use time::OffsetDateTime;

use crate::world::asked;

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
pub(super) enum Response {
    Joined(Joined),
    Claimed(QueueToken),
    Booked(Outcome),
    Done,
}

/// What a request comes to, if its change can be committed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decided {
    pub(super) told: Result<(Response, OffsetDateTime, bool), Refusal>,
    pub(super) change: Option<Change>,
}

impl Request {
    /// What a store is asked for.
    pub(super) fn needs(&self) -> Vec<Need> {
        match self {
            Self::Register(command) => asked(&command.needs()),
            Self::Join(command) => asked(&command.needs()),
            Self::Claim(command) => asked(&command.needs()),
            Self::Hold(command) => asked(&command.needs()),
            Self::Release(command) => asked(&command.needs()),
            Self::Charge(command) => asked(&command.needs()),
            Self::Pay(command) => asked(&command.needs()),
            Self::Refund(command) => asked(&command.needs()),
            Self::Leave(command) => asked(&command.needs()),
        }
    }

    pub(super) fn decide(&self, rows: &Rows, rules: &Rules) -> Decided {
        match self {
            Self::Register(command) => decided(command.decide_by(rows, rules), Response::Booked),
            Self::Join(command) => decided(command.decide_by(rows, rules), Response::Joined),
            Self::Claim(command) => decided(command.decide_by(rows, rules), Response::Claimed),
            Self::Hold(command) => decided(command.decide_by(rows, rules), Response::Booked),
            Self::Release(command) => decided(command.decide_by(rows, rules), |()| Response::Done),
            Self::Charge(command) => decided(command.decide_by(rows, rules), Response::Booked),
            Self::Pay(command) => decided(command.decide_by(rows, rules), Response::Booked),
            Self::Refund(command) => decided(command.decide_by(rows, rules), Response::Booked),
            Self::Leave(command) => decided(command.decide_by(rows, rules), |()| Response::Done),
        }
    }
}

fn decided<T>(verdict: Result<Verdict<T>, Unreadable>, told: impl Fn(T) -> Response) -> Decided {
    match verdict.unwrap() {
        Ok(decision) => Decided { told: Ok((told(decision.outcome), decision.at, decision.replayed)), change: decision.change },
        Err(refused) => Decided { told: Err(refused.refusal), change: refused.claim.map(|claim| *claim) },
    }
}
