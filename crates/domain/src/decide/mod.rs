//! The decisions: from what was loaded and a command to a change or a refusal. They read like the rules, one after
//! the other.
//!
//! A decision that needs no change has none; one that answers a repeated request says so. A refusal changes
//! nothing, but for one thing: a guarded call claims its token whatever its answer is, so a [`Refused`] may carry
//! the claim.

use time::OffsetDateTime;

use crate::need::Unreadable;
use crate::{Change, Needs, Refusal, Rows, Rules};

pub mod admin;
pub mod admission;
pub mod admit;
pub mod charge;
pub mod claim;
pub mod exchange;
pub mod hold;
pub mod join;
pub mod lapse;
pub mod leave;
pub mod pay;
pub mod refund;
pub mod register;
pub mod release;

mod ending;

/// What may be asked of Frontrow: what its decision has to see, and the decision.
pub trait Command: Send + Sync + 'static {
    /// What the client is told.
    type Outcome: Send + 'static;
    /// What the decision has to see.
    type Needs: Needs + Send;

    /// What the decision has to see.
    fn needs(&self) -> Self::Needs;

    /// The decision, at `now` and by what its needs have found; nothing else.
    ///
    /// # Errors
    /// Why the command is not carried out.
    fn decide(&self, now: OffsetDateTime, found: <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Self::Outcome>;

    /// The decision by what is found in `rows`.
    ///
    /// # Errors
    /// [`Unreadable`] if a row that it needs makes no sense.
    fn decide_by(&self, rows: &Rows, rules: &Rules) -> Result<Verdict<Self::Outcome>, Unreadable> {
        Ok(self.decide(rows.now, self.needs().find(rows)?, rules))
    }
}

/// What a command comes to: an outcome, or a refusal.
pub type Verdict<T> = Result<Decision<T>, Refused>;

/// A command that is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<T> {
    /// What the client is told.
    pub outcome: T,
    /// The instant that the outcome is told from: the decision's, or the first answer's if it is repeated.
    pub at: OffsetDateTime,
    /// What must be durable before that; none if everything is so already.
    pub change: Option<Change>,
    /// Whether it is the first answer again.
    pub replayed: bool,
}

/// A command that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The claim of the token that came with the call, if it was the first guarded one.
    pub claim: Option<Box<Change>>,
}

impl<T> Decision<T> {
    /// `outcome`, once `change` is durable.
    pub const fn commit(outcome: T, change: Change, at: OffsetDateTime) -> Self {
        Self { outcome, at, change: Some(change), replayed: false }
    }

    /// `outcome`, with nothing left to do.
    pub const fn already(outcome: T, at: OffsetDateTime) -> Self {
        Self { outcome, at, change: None, replayed: false }
    }

    /// `outcome` as it was told at `at`.
    pub const fn replay(outcome: T, at: OffsetDateTime) -> Self {
        Self { outcome, at, change: None, replayed: true }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, claim: None }
    }
}
