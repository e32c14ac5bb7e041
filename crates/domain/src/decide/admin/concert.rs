//! Concerts: made, changed, called off.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use super::schedule::{self, NewSchedule};
use super::{Patch, among_schedules, by, check_version, contradiction, number};
use crate::audit_entry::{Action, Changed, Differences, Order, Subject};
use crate::decide::{Decision, Verdict};
use crate::loaded::{ConcertUse, LoadedConcert};
use crate::{
    Cancellation, Concert, ConcertId, Field, Guard, Needs, Queue, QueueId, Refusal, Rules, Schedule, ScheduleField, Seat, SeatPlan, Title,
    Version, Versioned, Write, need,
};

/// A concert is to be made, with its dates and their seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// Whose order.
    pub order: Order,
    /// Its id.
    pub id: ConcertId,
    /// What is on the poster.
    pub name: Title,
    /// Who gives it.
    pub host: Title,
    /// The queue that admits to it.
    pub queue: QueueId,
    /// How many seats a user may have of it; none: as many as of any concert.
    pub max_seats_per_user: Option<u32>,
    /// Its dates.
    pub schedules: Vec<NewSchedule>,
}

/// A concert is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeConcert {
    /// Whose order.
    pub order: Order,
    /// Which concert.
    pub id: ConcertId,
    /// The version that the operator saw.
    pub expected: Option<Version>,
    /// What is on the poster.
    pub name: Patch<Title>,
    /// Who gives it.
    pub host: Patch<Title>,
    /// The queue that admits to it.
    pub queue: Patch<QueueId>,
    /// How many seats a user may have of it.
    pub max_seats_per_user: Patch<Option<u32>>,
}

/// A concert is to be cancelled as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// Whose order.
    pub order: Order,
    /// Which concert.
    pub id: ConcertId,
}

/// What the decision on a new concert looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateInput {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// A concert that has its id.
    pub namesake: Option<LoadedConcert>,
    /// The queue that is to admit to it.
    pub queue: Option<Versioned<Queue>>,
    /// For each of its dates, one that has its id.
    pub schedules: Vec<Option<Versioned<Schedule>>>,
}

/// What the decision on a change looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeInput {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The concert.
    pub concert: Option<LoadedConcert>,
    /// The queue that is to admit to it, if another is to.
    pub queue: Option<Versioned<Queue>>,
    /// Whether anybody counts on its queue.
    pub in_use: ConcertUse,
}

/// What the decision on a cancellation looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelInput {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The concert.
    pub concert: Option<LoadedConcert>,
}

impl crate::Command for Create {
    type Outcome = WithSchedules;
    type Needs = (need::Concert, need::Queue, Vec<need::Schedule>);

    fn needs(&self) -> Self::Needs {
        let schedules = self.schedules.iter().map(|schedule| need::Schedule(schedule.id)).collect();
        (need::Concert(self.id), need::Queue(self.queue), schedules)
    }

    fn decide(
        &self,
        now: OffsetDateTime,
        (namesake, queue, schedules): <Self::Needs as Needs>::Found,
        rules: &Rules,
    ) -> Verdict<Self::Outcome> {
        let schedules = schedules.into_iter().map(|found| found.map(|found| found.schedule)).collect();
        create(&CreateInput { now, namesake, queue, schedules }, self, rules)
    }
}

impl crate::Command for ChangeConcert {
    type Outcome = WithSchedules;
    type Needs = (need::Concert, Option<need::Queue>, Option<need::ConcertInUse>);

    fn needs(&self) -> Self::Needs {
        (need::Concert(self.id), self.queue.map(need::Queue), self.queue.map(|_| need::ConcertInUse(self.id)))
    }

    fn decide(&self, now: OffsetDateTime, (concert, queue, in_use): <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<Self::Outcome> {
        change(&ChangeInput { now, concert, queue: queue.flatten(), in_use: in_use.unwrap_or_default() }, self)
    }
}

impl crate::Command for Cancel {
    type Outcome = WithSchedules;
    type Needs = need::Concert;

    fn needs(&self) -> Self::Needs {
        need::Concert(self.id)
    }

    fn decide(&self, now: OffsetDateTime, concert: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<Self::Outcome> {
        cancel(&CancelInput { now, concert }, self)
    }
}

/// A concert and its dates, in the order of their start.
pub type WithSchedules = (Versioned<Concert>, Vec<Versioned<Schedule>>);

/// The most dates that a concert is made with.
pub const MOST_SCHEDULES: usize = 100;
/// The most seats that a user can be allowed to have of a concert.
pub const MOST_SEATS_PER_USER: u32 = 100;

/// The new concert with its dates, whole.
///
/// # Errors
/// [`Refusal::AlreadyExists`] of it or a date, [`Refusal::Contradiction`].
pub fn create(input: &CreateInput, command: &Create, rules: &Rules) -> Verdict<WithSchedules> {
    if input.namesake.is_some() {
        return Err(Refusal::AlreadyExists(command.id.0).into());
    }
    check_queue(input.queue.as_ref())?;
    check_limit(command.max_seats_per_user)?;
    check_schedules(command.schedules.len())?;
    let mut ids = BTreeSet::new();
    let Create { id, queue, max_seats_per_user, .. } = *command;
    let (name, host) = (command.name.as_str().to_owned(), command.host.as_str().to_owned());
    let concert = Concert::new(id, name, host, queue).with_max_seats_per_user(max_seats_per_user);
    let changes = differences(None, &concert);
    let concert = Write::insert(concert);
    let outcome = concert.versioned();
    let mut change = by(&command.order, Action::Create, Subject::Concert(id), changes, input.now).writing(concert);
    for (index, (new, namesake)) in command.schedules.iter().zip(&input.schedules).enumerate() {
        if !ids.insert(new.id) {
            return Err(contradiction(Field::ScheduleAt(index, ScheduleField::Id), format!("{} is there twice", new.id)).into());
        }
        schedule::lay_down(&mut change, id, new, namesake.as_ref(), rules).map_err(|refusal| among_schedules(index, refusal))?;
        // Looked at after each date: a hundred halls are quickly written down and take long to fill.
        if change.rows::<Seat>().count() > SeatPlan::MOST_SEATS {
            return Err(contradiction(Field::Schedules, format!("at most {} seats at once", SeatPlan::MOST_SEATS)).into());
        }
    }
    let mut schedules: Vec<_> = change.rows::<Schedule>().map(Write::versioned).collect();
    schedules.sort_by_key(|schedule| (schedule.starts_at(), schedule.id()));
    Ok(Decision::commit((outcome, schedules), change, input.now))
}

/// The concert as it is to be; nothing is written if it is so already.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::VersionMismatch`], [`Refusal::Contradiction`]; if its queue is to change, [`Refusal::HoldsLive`] while
/// seats are held and [`Refusal::TokensLive`] while tokens for it are live: their admission would be worth nothing.
pub fn change(input: &ChangeInput, command: &ChangeConcert) -> Verdict<WithSchedules> {
    let LoadedConcert { concert: found, schedules } = input.concert.as_ref().ok_or(Refusal::NotFound)?;
    check_version(found, command.expected)?;
    let new = |title: &Patch<Title>, old: &str| title.as_ref().map_or(old, Title::as_str).to_owned();
    let mut concert = found.row.clone().announce(new(&command.name, found.name()), new(&command.host, found.host()));
    if let Some(limit) = command.max_seats_per_user {
        check_limit(limit)?;
        concert = concert.with_max_seats_per_user(limit);
    }
    let mut guards = Vec::new();
    if let Some(queue) = command.queue.filter(|queue| *queue != found.queue()) {
        check_queue(input.queue.as_ref())?;
        if input.in_use.held {
            return Err(Refusal::HoldsLive.into());
        }
        if input.in_use.awaited {
            return Err(Refusal::TokensLive.into());
        }
        concert = concert.move_to(queue);
        guards = vec![Guard::NoLiveHold(found.id()), Guard::NoLiveToken(found.queue(), found.id())];
    }
    let changes = differences(Some(&found.row), &concert);
    if changes.is_empty() {
        return Ok(Decision::already((found.clone(), schedules.clone()), input.now));
    }
    let write = Write::update(found, concert);
    let outcome = (write.versioned(), schedules.clone());
    let mut change = by(&command.order, Action::Change, Subject::Concert(found.id()), changes, input.now).writing(write);
    change.rely_on_all(guards);
    Ok(Decision::commit(outcome, change, input.now))
}

/// The concert, cancelled with all its dates. It is written even if all dates were cancelled before, so that no date is added to it from
/// now on: of this and an addition that were decided at once, one meets a conflict and is decided again.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn cancel(input: &CancelInput, command: &Cancel) -> Verdict<WithSchedules> {
    let LoadedConcert { concert: found, schedules } = input.concert.as_ref().ok_or(Refusal::NotFound)?;
    let mut change = by(&command.order, Action::Cancel, Subject::Concert(found.id()), Vec::new(), input.now);
    let cancellation = Cancellation { at: input.now, reason: command.order.reason.clone() };
    let mut schedules = schedules.clone();
    for schedule in &mut schedules {
        schedule::call_off(&mut change, schedule, &cancellation);
    }
    if found.cancellation().is_some() && change.row::<Schedule>().is_none() {
        return Ok(Decision::already((found.clone(), schedules), input.now));
    }
    let write = Write::update(found, found.row.clone().cancel(cancellation));
    let outcome = (write.versioned(), schedules);
    change.write(write);
    Ok(Decision::commit(outcome, change, input.now))
}

fn check_queue(found: Option<&Versioned<Queue>>) -> Result<(), Refusal> {
    if found.is_some() { Ok(()) } else { Err(contradiction(Field::Queue, "there is no such queue")) }
}

/// Whether a concert can be made with so many dates.
///
/// # Errors
/// [`Refusal::Contradiction`] past [`MOST_SCHEDULES`].
pub fn check_schedules(schedules: usize) -> Result<(), Refusal> {
    if schedules <= MOST_SCHEDULES {
        Ok(())
    } else {
        Err(contradiction(Field::Schedules, format!("at most {MOST_SCHEDULES} dates at once")))
    }
}

fn check_limit(limit: Option<u32>) -> Result<(), Refusal> {
    match limit {
        Some(limit) if !(1..=MOST_SEATS_PER_USER).contains(&limit) => {
            Err(contradiction(Field::SeatsPerUser, format!("a number from 1 to {MOST_SEATS_PER_USER}")))
        }
        Some(_) | None => Ok(()),
    }
}

fn differences(before: Option<&Concert>, after: &Concert) -> Vec<Changed> {
    Differences::default()
        .note("name", before.map(Concert::name), Some(after.name()), str::to_owned)
        .note("host", before.map(Concert::host), Some(after.host()), str::to_owned)
        .note("queue_id", before.map(Concert::queue), Some(after.queue()), number)
        .note("max_seats_per_user", before.and_then(Concert::max_seats_per_user), after.max_seats_per_user(), number)
        .list()
}
