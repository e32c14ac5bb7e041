//! End of a session: its user signs out, there or on another device.

use time::OffsetDateTime;

use crate::decide::{Decision, Verdict};
use crate::session::Session;
use crate::{Change, Needs, Refusal, Rules, SessionId, UserId, Versioned, Write, need};

/// The command to end a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// The user.
    pub user: UserId,
    /// The session to end.
    pub session: SessionId,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The sessions of the user.
    pub sessions: Vec<Versioned<Session>>,
}

impl crate::Command for Command {
    type Outcome = ();
    type Needs = need::Sessions;

    fn needs(&self) -> Self::Needs {
        need::Sessions(self.user)
    }

    fn decide(&self, now: OffsetDateTime, sessions: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<()> {
        decide(&Input { now, sessions }, self)
    }
}

/// Ends the session. A session that has ended stays as it is.
///
/// # Errors
/// [`Refusal::NotFound`] if the user has no such session.
pub fn decide(input: &Input, command: &Command) -> Verdict<()> {
    let Input { now, sessions } = input;
    let old = sessions.iter().find(|session| session.id() == command.session).ok_or(Refusal::NotFound)?;
    match old.row.clone().end(*now) {
        Ok(ended) => Ok(Decision::commit((), Change::default().writing(Write::update(old, ended)), *now)),
        Err(_) => Ok(Decision::unchanged((), *now)),
    }
}
