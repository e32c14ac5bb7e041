//! The decisions: functions from a command and the loaded rows to a change or a refusal. Each reads as a sequence of rules.
//!
//! A decision without an effect has no change; one that replays a repeated request is marked as replayed. A refusal changes nothing, with
//! one exception: a guarded request claims its token whatever its response is, so a [`Refused`] may carry the claim.

use time::OffsetDateTime;

use crate::need::Unreadable;
use crate::{Change, Needs, Refusal, Rows, Rules};

pub mod admin;
pub mod admission;
pub mod admit;
pub mod charge;
pub mod check_in;
pub mod claim;
pub mod create_login_code;
pub mod end_session;
pub mod exchange;
pub mod hold;
pub mod join;
pub mod lapse;
pub mod leave;
pub mod pay;
pub mod redeem_login_code;
pub mod refresh_session;
pub mod refund;
pub mod register;
pub mod release;
pub mod start_session;

mod ending;
mod replay;

/// A command to Frontrow: the needs of its decision, and the decision.
pub trait Command: Send + Sync + 'static {
    /// The outcome that is reported to the client.
    type Outcome: Send + 'static;
    /// The needs: the rows that the decision reads.
    type Needs: Needs + Send;

    /// Returns the needs of the decision.
    fn needs(&self) -> Self::Needs;

    /// Decides the command. The decision depends on nothing but `now`, what its needs have `found`, and `rules`.
    ///
    /// # Errors
    /// The refusal, if the command is not carried out.
    fn decide(&self, now: OffsetDateTime, found: <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Self::Outcome>;

    /// Decides the command by what its needs find in `rows`.
    ///
    /// # Errors
    /// [`Unreadable`] if a row that it needs is invalid.
    fn decide_by(&self, rows: &Rows, rules: &Rules) -> Result<Verdict<Self::Outcome>, Unreadable> {
        Ok(self.decide(rows.now, self.needs().find(rows)?, rules))
    }
}

/// The result of a command: a decision, or a refusal.
pub type Verdict<T> = Result<Decision<T>, Refused>;

/// A command that is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<T> {
    /// The outcome that is reported to the client.
    pub outcome: T,
    /// The instant of the decision; of a replayed outcome, that of the first decision.
    pub at: OffsetDateTime,
    /// The change that must be durable before the outcome is reported; none if there is nothing to write.
    pub change: Option<Change>,
    /// Whether the outcome is the replay of an earlier one.
    pub replayed: bool,
}

/// A command that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The reason.
    pub refusal: Refusal,
    /// The claim of the request's token, if this is its first guarded request.
    pub claim: Option<Box<Change>>,
}

impl<T> Decision<T> {
    /// Returns the decision for `outcome`, valid once `change` is durable.
    pub const fn commit(outcome: T, change: Change, at: OffsetDateTime) -> Self {
        Self { outcome, at, change: Some(change), replayed: false }
    }

    /// Returns the decision for `outcome` without a change.
    pub const fn unchanged(outcome: T, at: OffsetDateTime) -> Self {
        Self { outcome, at, change: None, replayed: false }
    }

    /// Returns the replay of `outcome`, which was decided at `at`.
    pub const fn replay(outcome: T, at: OffsetDateTime) -> Self {
        Self { outcome, at, change: None, replayed: true }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, claim: None }
    }
}
