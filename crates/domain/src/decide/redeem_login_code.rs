//! Redemption of a login code: the session that it was created for begins.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::decide::start_session::SignedIn;
use crate::decide::{Decision, Verdict};
use crate::session::{DeviceName, Secret, Session};
use crate::{Change, Needs, Refusal, Rules, SessionId, UserId, Versioned, Write, need};

/// The command to redeem a login code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The user that the code names.
    pub user: UserId,
    /// The session that the code names.
    pub session: SessionId,
    /// The code.
    pub code: Secret,
    /// A random number for the first refresh token.
    pub nonce: Uuid,
    /// The browser, if known.
    pub device: Option<DeviceName>,
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
    type Outcome = SignedIn;
    type Needs = need::Sessions;

    fn needs(&self) -> Self::Needs {
        need::Sessions(self.user)
    }

    fn decide(&self, now: OffsetDateTime, sessions: <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<SignedIn> {
        decide(&Input { now, sessions }, self, rules)
    }
}

/// Begins the session, and returns it with its first refresh token.
///
/// # Errors
/// [`Refusal::LoginCodeNotValid`] unless the code is that of a PENDING session.
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<SignedIn> {
    let Input { now, sessions } = input;
    let pending = sessions.iter().find(|session| session.id() == command.session).ok_or(Refusal::LoginCodeNotValid)?;
    let (session, token) = pending
        .row
        .clone()
        .redeem(&command.code, command.nonce, command.device.clone(), &rules.sessions, *now)
        .map_err(|_| Refusal::LoginCodeNotValid)?;
    let mut change = Change::default().writing(Write::update(pending, session.clone()));
    change.not_after(pending.ends_at());
    Ok(Decision::commit(SignedIn { session, token }, change, *now))
}
