//! Leave: a user gives up their place, in the line or in the shop.

use time::OffsetDateTime;

use crate::decide::{Decision, Verdict, ending, lapse};
use crate::loaded::{LoadedReservation, LoadedToken};
use crate::{Change, Event, ExpiryReason, Needs, QueueToken, Refusal, Rules, TokenId, UserId, Versioned, Write, need};

/// A user gives up their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// Who.
    pub user: UserId,
    /// Which place.
    pub token: TokenId,
}

/// What the decision looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The token.
    pub token: Option<Versioned<QueueToken>>,
    /// The holds under it.
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

/// Ends the token and its live hold. What has ended already stays as it is.
///
/// # Errors
/// [`Refusal::NotFound`] if there is no such token, or it is another's.
pub fn decide(input: &Input, command: &Command) -> Verdict<()> {
    let now = input.now;
    let token = input.token.as_ref().filter(|token| token.user().is(command.user)).ok_or(Refusal::NotFound)?;
    if !token.is_live() {
        return Ok(Decision::already((), now));
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
