//! Creation of a login code: an operator, such as a shop's back end, lets a user's browser sign in.

use time::OffsetDateTime;

use crate::audit_entry::{Action, Subject};
use crate::decide::start_session::{Slot, free_slot, occupy};
use crate::decide::{Decision, Verdict};
use crate::session::{Roles, Secret, Session, SessionOwner};
use crate::{Change, Needs, OperatorOrder, Refusal, Rules, SessionId, UserId, Versioned, Write, need};

/// The command to create a login code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The roles of the operator.
    pub roles: Roles,
    /// The session that issued the operator's access token; none: the operator has signed in.
    pub by_session: Option<SessionId>,
    /// The user to be signed in; none: the operator.
    pub user: Option<UserId>,
    /// The id of the session that begins with the code.
    pub session: SessionId,
    /// The code.
    pub code: Secret,
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
    type Outcome = Session;
    type Needs = need::Sessions;

    fn needs(&self) -> Self::Needs {
        need::Sessions(self.user())
    }

    fn decide(&self, now: OffsetDateTime, sessions: <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Session> {
        decide(&Input { now, sessions }, self, rules)
    }
}

impl Command {
    /// Returns the user to be signed in.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user.unwrap_or(self.order.operator)
    }
}

/// Creates a PENDING session, which begins when the code is redeemed. The user need not be registered. Another user's session has no roles,
/// the operator's own has those of the operator: a code never gives more permissions than its creator has.
///
/// # Errors
/// [`Refusal::SessionNotAllowed`] if the operator's access token is that of a session.
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Session> {
    let Input { now, sessions } = input;
    if command.by_session.is_some() {
        return Err(Refusal::SessionNotAllowed.into());
    }
    let user = command.user();
    let granted = if user == command.order.operator { command.roles } else { Roles::NONE };
    let owner = SessionOwner { id: command.session, user, roles: granted, device: None };
    let Slot { slot, occupied } = free_slot(sessions, rules, *now);
    let session = Session::pending(owner, slot, &command.code, &rules.sessions, *now);
    let mut change = Change::default().writing(occupy(occupied, session.clone()));
    change.write(Write::insert(command.order.audit_entry(Action::SignIn, Subject::User(user), Vec::new(), *now)));
    Ok(Decision::commit(session, change, *now))
}
