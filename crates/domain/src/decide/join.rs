//! Join: a user takes a place in a line.

use crate::decide::{Decision, Verdict, register};
use crate::{Change, ConcertId, Context, Event, Guard, NewToken, QueueToken, Refusal, Rules, Schedule, TokenId, UserId, Wallet, Write};

/// A user wants a place in the line of a concert, or in the default line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// Who.
    pub user: UserId,
    /// The concert, if they named one.
    pub concert: Option<ConcertId>,
    /// The id of the token, should it be new.
    pub token: TokenId,
}

/// What a join comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// A new place; the store's commit says its number.
    New(NewToken),
    /// The place that the user had.
    Live(QueueToken),
}

/// The live token if there is one; else a new place behind all others, unless the concert is cancelled, or the queue closed or full.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::ScheduleCancelled`], [`Refusal::QueueClosed`], [`Refusal::QueueFull`].
pub fn decide(context: &Context, command: &Command, rules: &Rules) -> Verdict<Joined> {
    let now = context.now;
    let queue = context.queue.as_ref().ok_or(Refusal::NotFound)?;
    check_cancellation(context)?;
    let occupant = context.tokens.iter().find(|token| token.user == command.user && token.queue == queue.id && token.is_live());
    if let Some(live) = occupant.filter(|token| !token.has_lapsed(now)) {
        return Ok(Decision::already(Joined::Live(live.row.clone()), now));
    }
    if !queue.state.takes_in() {
        return Err(Refusal::QueueClosed.into());
    }
    let line_limit = queue.policy(&rules.queue).max_waiting;
    if line_limit.is_some_and(|limit| context.waiting >= limit) {
        return Err(Refusal::QueueFull.into());
    }

    let mut change = Change::default();
    change.rely_on(Guard::Queue(queue.id, queue.version));
    change.rely_on_all(line_limit.map(|limit| Guard::Room(queue.id, limit)));
    if let Some(lapsed) = occupant {
        super::lapse::end_token(&mut change, lapsed, now);
    }
    register::first_write(&mut change, Wallet::new(command.user), context);
    let token = NewToken { id: command.token, queue: queue.id, user: command.user, concert: command.concert, joined_at: now };
    change.events.push(Event::QueueJoined { queue: queue.id, user: command.user });
    change.write(Write::insert(token.clone()));
    if let Some(concert) = &context.concert {
        change.rely_on(Guard::Concert(concert.id, concert.version));
    }
    // One date that takes place is reason enough to wait.
    if let Some(date) = context.schedules.iter().find(|date| !date.is_cancelled() && !date.has_started(now)) {
        change.rely_on(Guard::Schedule(date.id, date.version));
    }
    Ok(Decision::commit(Joined::New(token), change, now))
}

/// Nobody joins for a concert that is cancelled, as a whole or with all dates that are still ahead.
fn check_cancellation(context: &Context) -> Result<(), Refusal> {
    let whole = context.concert.as_ref().and_then(|concert| concert.cancellation.as_ref());
    let dates = context.schedules.iter().map(|date| &date.row);
    match whole.or_else(|| Schedule::last_cancellation(dates, context.now)) {
        Some(cancellation) => Err(Refusal::ScheduleCancelled { reason: cancellation.reason.clone() }),
        None => Ok(()),
    }
}
