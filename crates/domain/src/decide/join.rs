//! Join: a user enters a queue.

use time::OffsetDateTime;

use crate::decide::{Decision, Verdict, register};
use crate::loaded::{LoadedConcert, LoadedJoinTarget};
use crate::{
    Change, ConcertId, Event, Guard, Needs, NewToken, QueueToken, Refusal, Rules, Schedule, TokenId, User, UserId, Wallet, Write, need,
};

/// A user's command to join the queue of a concert, or the default queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// The user.
    pub user: UserId,
    /// The concert, if the user named one.
    pub concert: Option<ConcertId>,
    /// The id of the token, if a new one is created.
    pub token: TokenId,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The user's row; none before the user's first write.
    pub user: Option<User>,
    /// The queue, and the user's token in it.
    pub place: Option<LoadedJoinTarget>,
}

impl crate::Command for Command {
    type Outcome = Joined;
    type Needs = (need::Account, need::JoinTarget);

    fn needs(&self) -> Self::Needs {
        (need::Account(self.user), need::JoinTarget { user: self.user, concert: self.concert })
    }

    fn decide(&self, now: OffsetDateTime, (account, place): <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Joined> {
        decide(&Input { now, user: account.user, place }, self, rules)
    }
}

/// The outcome of a join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// A new token; the store assigns its number at commit.
    New(NewToken),
    /// The live token that the user already has.
    Live(QueueToken),
}

/// Returns the user's live token if there is one. Otherwise creates a token at the end of the queue, unless the concert is a draft or
/// cancelled, or the queue is closed or full.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::ScheduleCancelled`], [`Refusal::QueueClosed`], [`Refusal::QueueFull`].
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Joined> {
    let now = input.now;
    let LoadedJoinTarget { concert, queue, waiting, token: occupant } = input.place.as_ref().ok_or(Refusal::NotFound)?;
    if let Some(concert) = concert {
        if !concert.concert.is_public(now) {
            return Err(Refusal::NotFound.into());
        }
        check_cancellation(concert, now)?;
    }
    if let Some(live) = occupant.as_ref().filter(|token| !token.has_lapsed(now)) {
        return Ok(Decision::unchanged(Joined::Live(live.row.clone()), now));
    }
    if !queue.state().accepts_joins() {
        return Err(Refusal::QueueClosed.into());
    }
    let max_waiting = queue.policy(&rules.queue).max_waiting;
    if max_waiting.is_some_and(|limit| *waiting >= limit) {
        return Err(Refusal::QueueFull.into());
    }

    let mut change = Change::default();
    change.rely_on(Guard::Queue(queue.id(), queue.version));
    change.rely_on_all(max_waiting.map(|limit| Guard::MaxWaiting(queue.id(), limit)));
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
        // One schedule that takes place is reason enough to wait.
        if let Some(schedule) = schedules.iter().find(|schedule| !schedule.is_cancelled() && !schedule.has_started(now)) {
            change.rely_on(Guard::Schedule(schedule.id(), schedule.version));
        }
    }
    Ok(Decision::commit(Joined::New(token), change, now))
}

/// Checks that the concert is neither cancelled as a whole nor with all schedules that haven't started.
fn check_cancellation(concert: &LoadedConcert, now: OffsetDateTime) -> Result<(), Refusal> {
    let schedules = concert.schedules.iter().map(|schedule| &schedule.row);
    match concert.concert.cancellation().or_else(|| Schedule::last_cancellation(schedules, now)) {
        Some(cancellation) => Err(Refusal::ScheduleCancelled { reason: cancellation.reason.clone() }),
        None => Ok(()),
    }
}
