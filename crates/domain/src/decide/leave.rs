//! Leave: a user gives up their place, in the line or in the shop.

use crate::decide::{Decision, Verdict, ending, lapse};
use crate::{Change, Context, Event, ExpiryReason, Refusal, TokenId, UserId, Write};

/// A user gives up their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// Who.
    pub user: UserId,
    /// Which place.
    pub token: TokenId,
}

/// Ends the token and its live hold. What has ended already stays as it is.
///
/// # Errors
/// [`Refusal::NotFound`] if there is no such token, or it is another's.
pub fn decide(context: &Context, command: &Command) -> Verdict<()> {
    let now = context.now;
    let token = context.token(command.token).filter(|token| token.user.is(command.user)).ok_or(Refusal::NotFound)?;
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
        change.events.push(Event::expired(&left, ExpiryReason::Left));
        change.write(Write::update(token, left));
    }
    for hold in context.reservations.iter().filter(|hold| hold.token == token.id && hold.occupies()) {
        ending::end_hold(&mut change, hold, context)?;
    }
    Ok(Decision::commit((), change, now))
}
