//! Renewal of a session by its refresh token.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::decide::start_session::SignedIn;
use crate::decide::{Decision, Verdict};
use crate::session::{Refreshed, Secret, Session};
use crate::{Change, Needs, Refusal, Rules, SessionId, UserId, Versioned, Write, need};

/// The command to renew a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The user that the refresh token names.
    pub user: UserId,
    /// The session that the refresh token names.
    pub session: SessionId,
    /// The refresh token.
    pub token: Secret,
    /// A random number for its successor.
    pub nonce: Uuid,
}

/// The result of a renewal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one value per request; the large variant is the usual one")]
pub enum Outcome {
    /// The session with the refresh token to be used next.
    SignedIn(SignedIn),
    /// The refresh token had been replaced before: it was copied, and the session has ended.
    Reused,
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
    type Outcome = Outcome;
    type Needs = need::Sessions;

    fn needs(&self) -> Self::Needs {
        need::Sessions(self.user)
    }

    fn decide(&self, now: OffsetDateTime, sessions: <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Outcome> {
        decide(&Input { now, sessions }, self, rules)
    }
}

/// Replaces the refresh token, or returns its successor again. A token that was replaced before ends the session.
///
/// # Errors
/// [`Refusal::SessionEnded`] unless the session is ACTIVE.
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let Input { now, sessions } = input;
    let old = sessions.iter().find(|session| session.id() == command.session).ok_or(Refusal::SessionEnded)?;
    let refreshed = old.row.clone().refresh(&command.token, command.nonce, &rules.sessions, *now).map_err(|_| Refusal::SessionEnded)?;
    Ok(match refreshed {
        Refreshed::Repeated(token) => Decision::unchanged(Outcome::SignedIn(SignedIn { session: old.row.clone(), token }), *now),
        Refreshed::Replaced(session, token) => {
            let mut change = Change::default().writing(Write::update(old, session.clone()));
            change.not_after(old.ends_at());
            Decision::commit(Outcome::SignedIn(SignedIn { session, token }), change, *now)
        }
        Refreshed::Reused(session) => Decision::commit(Outcome::Reused, Change::default().writing(Write::update(old, session)), *now),
    })
}
