//! Leave: a user gives up a waiting or active token.

use time::OffsetDateTime;

use crate::decide::{Decision, Verdict, ending, lapse};
use crate::loaded::{LoadedReservation, LoadedToken};
use crate::{Change, Event, ExpiryReason, Needs, QueueToken, Refusal, Rules, TokenId, UserId, Versioned, Write, need};

/// A user's command to give up a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// The user.
    pub user: UserId,
    /// The token to give up.
    pub token: TokenId,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The token.
    pub token: Option<Versioned<QueueToken>>,
    /// The holds under the token.
    pub holds: Vec<LoadedReservation>,
}

impl crate::Command for Command {
    type Outcome = ();
    type Needs = (need::Token, need::HoldsOfToken);

    fn needs(&self) -> Self::Needs {
        (need::Token(self.token), need::HoldsOfToken(self.token))
    }

    fn decide(&self, now: OffsetDateTime, (token, holds): <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<()> {
        decide(&Input { now, token: token.map(|LoadedToken { token, .. }| token), holds }, self)
    }
}

/// Ends the token and its holds. A token that has already ended stays as it is.
///
/// # Errors
/// [`Refusal::NotFound`] if the token doesn't exist or belongs to another user.
pub fn decide(input: &Input, command: &Command) -> Verdict<()> {
    let now = input.now;
    let token = input.token.as_ref().filter(|token| token.user().is(command.user)).ok_or(Refusal::NotFound)?;
    if !token.is_live() {
        return Ok(Decision::unchanged((), now));
    }
    let mut change = Change::default();
    if token.has_lapsed(now) {
        lapse::end_token(&mut change, token, now);
    } else {
        let left = token.row.clone().leave(now).map_err(|_| Refusal::NotFound)?;
        if let Some(deadline) = token.expires_at() {
            change.not_after(deadline);
        }
        let left = Write::update(token, left);
        change.events.push(Event::expired(&left, ExpiryReason::Left));
        change.write(left);
    }
    for hold in &input.holds {
        ending::end_hold(&mut change, hold, now)?;
    }
    Ok(Decision::commit((), change, now))
}
