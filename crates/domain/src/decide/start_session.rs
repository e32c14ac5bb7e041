//! Start of a session: a user who has signed in elsewhere stays signed in on this browser.

use time::OffsetDateTime;

use crate::decide::{Decision, Verdict};
use crate::session::{Secret, Session, SessionOwner, SessionState};
use crate::{Change, Needs, Refusal, Rules, SessionId, Versioned, Write, need};

/// The command to start a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The new session, with the user and the roles of the access token that was sent.
    pub owner: SessionOwner,
    /// The session that issued the access token; none: its user has signed in.
    pub by_session: Option<SessionId>,
    /// The first refresh token.
    pub token: Secret,
}

/// A session with its current refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The refresh token.
    pub token: Secret,
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
        need::Sessions(self.owner.user)
    }

    fn decide(&self, now: OffsetDateTime, sessions: <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<SignedIn> {
        decide(&Input { now, sessions }, self, rules)
    }
}

/// Starts the session. If the user has the maximum number of sessions, it takes the place of the one that was not used for the longest time.
///
/// # Errors
/// [`Refusal::SessionNotAllowed`] if the access token is that of a session: else no session would have a maximum lifetime.
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<SignedIn> {
    let Input { now, sessions } = input;
    if command.by_session.is_some() {
        return Err(Refusal::SessionNotAllowed.into());
    }
    let Slot { slot, occupied } = free_slot(sessions, rules, *now);
    let session = Session::start(command.owner.clone(), slot, &command.token, &rules.sessions, *now);
    let change = Change::default().writing(occupy(occupied, session.clone()));
    Ok(Decision::commit(SignedIn { session, token: command.token.clone() }, change, *now))
}

/// A slot for a new session.
pub(super) struct Slot<'a> {
    pub(super) slot: u8,
    /// The session that has it: one that has ended, or else the one to be replaced.
    pub(super) occupied: Option<&'a Versioned<Session>>,
}

/// Returns the first slot without a live session, or else that of a session that hasn't begun, or else that of the session that was not used
/// for the longest time: login codes that nobody redeems end no session. Sessions in slots above the limit, which was higher before, remain
/// until they end.
pub(super) fn free_slot<'a>(sessions: &'a [Versioned<Session>], rules: &Rules, now: OffsetDateTime) -> Slot<'a> {
    let in_slot = |slot: u8| sessions.iter().find(|session| session.slot() == slot);
    let slots = || (0..rules.sessions.max_per_user).map(|slot| Slot { slot, occupied: in_slot(slot) });
    let is_free = |slot: &Slot<'a>| slot.occupied.is_none_or(|session| !session.is_live(now));
    let has_begun = |session: &Session| !matches!(session.state(), SessionState::Pending { .. });
    let value = |slot: &Slot<'a>| slot.occupied.map(|session| (has_begun(session), session.used_at()));
    slots().find(is_free).or_else(|| slots().min_by_key(value)).unwrap_or(Slot { slot: 0, occupied: in_slot(0) })
}

/// Returns the write of `session` in the place of the one that has its slot.
pub(super) fn occupy(occupied: Option<&Versioned<Session>>, session: Session) -> Write<Session> {
    match occupied {
        Some(old) => Write::update(old, session),
        None => Write::insert(session),
    }
}
