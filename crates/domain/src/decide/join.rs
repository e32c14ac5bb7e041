//! Join: a user takes a place in a line.

use time::OffsetDateTime;

use crate::decide::{Decision, Verdict, register};
use crate::loaded::{LoadedConcert, LoadedPlace};
use crate::{
    Change, ConcertId, Event, Guard, Needs, NewToken, QueueToken, Refusal, Rules, Schedule, TokenId, User, UserId, Wallet, Write, need,
};

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

/// What the decision looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// Who asks, if they have written anything before.
    pub user: Option<User>,
    /// The queue, and their place in it.
    pub place: Option<LoadedPlace>,
}

impl crate::Command for Command {
    type Outcome = Joined;
    type Needs = (need::Account, need::Place);

    fn needs(&self) -> Self::Needs {
        (need::Account(self.user), need::Place { user: self.user, concert: self.concert })
    }

    fn decide(&self, now: OffsetDateTime, (account, place): <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Joined> {
        decide(&Input { now, user: account.user, place }, self, rules)
    }
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
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Joined> {
    let now = input.now;
    let LoadedPlace { concert, queue, waiting, token: occupant } = input.place.as_ref().ok_or(Refusal::NotFound)?;
    if let Some(concert) = concert {
        check_cancellation(concert, now)?;
    }
    if let Some(live) = occupant.as_ref().filter(|token| !token.has_lapsed(now)) {
        return Ok(Decision::already(Joined::Live(live.row.clone()), now));
    }
    if !queue.state().takes_in() {
        return Err(Refusal::QueueClosed.into());
    }
    let line_limit = queue.policy(&rules.queue).max_waiting;
    if line_limit.is_some_and(|limit| *waiting >= limit) {
        return Err(Refusal::QueueFull.into());
    }

    let mut change = Change::default();
    change.rely_on(Guard::Queue(queue.id(), queue.version));
    change.rely_on_all(line_limit.map(|limit| Guard::Room(queue.id(), limit)));
    if let Some(lapsed) = occupant {
        super::lapse::end_token(&mut change, lapsed, now);
    }
    if input.user.is_none() {
        register::first_write(&mut change, Wallet::new(command.user), now);
    }
    let token = NewToken { id: command.token, queue: queue.id(), user: command.user, concert: command.concert, joined_at: now };
    let place = Write::insert(token.clone());
    change.events.push(Event::joined(&place));
    change.write(place);
    if let Some(LoadedConcert { concert, schedules }) = concert {
        change.rely_on(Guard::Concert(concert.id(), concert.version));
        // One date that takes place is reason enough to wait.
        if let Some(schedule) = schedules.iter().find(|schedule| !schedule.is_cancelled() && !schedule.has_started(now)) {
            change.rely_on(Guard::Schedule(schedule.id(), schedule.version));
        }
    }
    Ok(Decision::commit(Joined::New(token), change, now))
}

/// Nobody joins for a concert that is cancelled, as a whole or with all dates that are still ahead.
fn check_cancellation(concert: &LoadedConcert, now: OffsetDateTime) -> Result<(), Refusal> {
    let schedules = concert.schedules.iter().map(|schedule| &schedule.row);
    match concert.concert.cancellation().or_else(|| Schedule::last_cancellation(schedules, now)) {
        Some(cancellation) => Err(Refusal::ScheduleCancelled { reason: cancellation.reason.clone() }),
        None => Ok(()),
    }
}
