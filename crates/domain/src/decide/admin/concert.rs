//! Creation, change and cancellation of concerts.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use super::schedule::{self, NewSchedule};
use super::{Patch, among_schedules, by, check_version, contradiction, instant, number};
use crate::audit_entry::{Action, Differences, OperatorOrder, PropertyChange, Subject};
use crate::decide::{Decision, Verdict};
use crate::loaded::{ConcertUse, LoadedConcert};
use crate::{
    Cancellation, Concert, ConcertId, Description, Field, Guard, ImageUrl, Layout, Listing, Needs, Queue, QueueId, Refusal, Rules,
    Schedule, ScheduleField, Seat, Title, Venue, Version, Versioned, Write, need,
};

/// The command to create a concert with its schedules and their seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The concert's id.
    pub id: ConcertId,
    /// The name on the poster.
    pub name: Title,
    /// The name of the host.
    pub host: Title,
    /// The queue that admits users to it.
    pub queue: QueueId,
    /// The maximum number of seats per user; none: the default limit applies.
    pub max_seats_per_user: Option<u32>,
    /// What the public catalogue shows of it.
    pub listing: Listing,
    /// Its schedules.
    pub schedules: Vec<NewSchedule>,
}

/// The command to change a concert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeConcert {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The concert's id.
    pub id: ConcertId,
    /// The version that the operator read, if specified.
    pub expected: Option<Version>,
    /// The name on the poster.
    pub name: Patch<Title>,
    /// The name of the host.
    pub host: Patch<Title>,
    /// The queue that admits users to it.
    pub queue: Patch<QueueId>,
    /// The maximum number of seats per user.
    pub max_seats_per_user: Patch<Option<u32>>,
    /// What the public catalogue shows of it.
    pub listing: ListingPatch,
}

/// The changes of a [`Listing`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingPatch {
    /// The description.
    pub description: Patch<Option<Description>>,
    /// The address of an image.
    pub image_url: Patch<Option<ImageUrl>>,
    /// Where the concert takes place.
    pub venue: Patch<Option<Venue>>,
    /// The first instant at which the concert is public.
    pub publishes_at: Patch<Option<OffsetDateTime>>,
}

impl ListingPatch {
    /// Returns `listing` with the changes.
    fn apply(&self, listing: &Listing) -> Listing {
        let Self { description, image_url, venue, publishes_at } = self.clone();
        let old = listing.clone();
        Listing {
            description: description.unwrap_or(old.description),
            image_url: image_url.unwrap_or(old.image_url),
            venue: venue.unwrap_or(old.venue),
            publishes_at: publishes_at.unwrap_or(old.publishes_at),
        }
    }
}

/// The command to cancel a concert as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The concert's id.
    pub id: ConcertId,
}

/// The input of the decision on a new concert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateInput {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// An existing concert with the same id.
    pub namesake: Option<LoadedConcert>,
    /// The queue that is to admit users to it.
    pub queue: Option<Versioned<Queue>>,
    /// For each of its schedules, an existing one with the same id.
    pub schedules: Vec<Option<Versioned<Schedule>>>,
}

/// The input of the decision on a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeInput {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The concert.
    pub concert: Option<LoadedConcert>,
    /// The queue that is to admit users to it, if the command names one.
    pub queue: Option<Versioned<Queue>>,
    /// Whether holds or tokens depend on its current queue.
    pub in_use: ConcertUse,
}

/// The input of the decision on a cancellation.
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

/// A concert and its schedules, in the order of their start.
pub type WithSchedules = (Versioned<Concert>, Vec<Versioned<Schedule>>);

/// The maximum number of schedules that a concert is created with.
pub const MAX_SCHEDULES: usize = 100;
/// The upper bound of a concert's seat limit per user.
pub const MAX_SEATS_PER_USER: u32 = 100;

/// Creates the concert with all its schedules and their seats.
///
/// # Errors
/// [`Refusal::AlreadyExists`] for the concert or a schedule, [`Refusal::Contradiction`].
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
    let concert = Concert::new(id, name, host, queue).with_max_seats_per_user(max_seats_per_user).with_listing(command.listing.clone());
    let changes = differences(None, &concert);
    let concert = Write::insert(concert);
    let outcome = concert.versioned();
    let mut change = by(&command.order, Action::Create, Subject::Concert(id), changes, input.now).writing(concert);
    for (index, (new, namesake)) in command.schedules.iter().zip(&input.schedules).enumerate() {
        if !ids.insert(new.id) {
            return Err(contradiction(Field::ScheduleAt(index, ScheduleField::Id), format!("{} is listed twice", new.id)).into());
        }
        schedule::write_new(&mut change, id, new, namesake.as_ref(), rules).map_err(|refusal| among_schedules(index, refusal))?;
        // Checked after each schedule: a short request can describe a hundred large halls, whose seats take long to create.
        if change.rows::<Seat>().count() > Layout::MAX_SEATS {
            return Err(contradiction(Field::Schedules, format!("must have at most {} seats in total", Layout::MAX_SEATS)).into());
        }
    }
    let mut schedules: Vec<_> = change.rows::<Schedule>().map(Write::versioned).collect();
    schedules.sort_by_key(|schedule| (schedule.starts_at(), schedule.id()));
    Ok(Decision::commit((outcome, schedules), change, input.now))
}

/// Changes the concert. Writes nothing if no property differs.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::VersionMismatch`], [`Refusal::Contradiction`]; if its queue is to change, [`Refusal::LiveHoldsExist`] while
/// seats are held and [`Refusal::LiveTokensExist`] while tokens for it are live: their admission would become worthless.
pub fn change(input: &ChangeInput, command: &ChangeConcert) -> Verdict<WithSchedules> {
    let LoadedConcert { concert: found, schedules } = input.concert.as_ref().ok_or(Refusal::NotFound)?;
    check_version(found, command.expected)?;
    let new = |title: &Patch<Title>, old: &str| title.as_ref().map_or(old, Title::as_str).to_owned();
    let announced = found.row.clone().announce(new(&command.name, found.name()), new(&command.host, found.host()));
    let mut concert = announced.with_listing(command.listing.apply(found.listing()));
    if let Some(limit) = command.max_seats_per_user {
        check_limit(limit)?;
        concert = concert.with_max_seats_per_user(limit);
    }
    let mut guards = Vec::new();
    if let Some(queue) = command.queue.filter(|queue| *queue != found.queue()) {
        check_queue(input.queue.as_ref())?;
        if input.in_use.held {
            return Err(Refusal::LiveHoldsExist.into());
        }
        if input.in_use.awaited {
            return Err(Refusal::LiveTokensExist.into());
        }
        concert = concert.move_to(queue);
        guards = vec![Guard::NoLiveHold(found.id()), Guard::NoLiveToken(found.queue(), found.id())];
    }
    let changes = differences(Some(&found.row), &concert);
    if changes.is_empty() {
        return Ok(Decision::unchanged((found.clone(), schedules.clone()), input.now));
    }
    let write = Write::update(found, concert);
    let outcome = (write.versioned(), schedules.clone());
    let mut change = by(&command.order, Action::Change, Subject::Concert(found.id()), changes, input.now).writing(write);
    change.rely_on_all(guards);
    Ok(Decision::commit(outcome, change, input.now))
}

/// Cancels the concert with all its schedules. The concert is written even if all schedules were cancelled before, so that no schedule is
/// added to it from now on: if an addition is decided concurrently, one of the two meets a conflict and is decided again.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn cancel(input: &CancelInput, command: &Cancel) -> Verdict<WithSchedules> {
    let LoadedConcert { concert: found, schedules } = input.concert.as_ref().ok_or(Refusal::NotFound)?;
    let mut change = by(&command.order, Action::Cancel, Subject::Concert(found.id()), Vec::new(), input.now);
    let cancellation = Cancellation { at: input.now, reason: command.order.reason.clone() };
    let mut schedules = schedules.clone();
    for schedule in &mut schedules {
        schedule::write_cancellation(&mut change, schedule, &cancellation);
    }
    if found.cancellation().is_some() && change.row::<Schedule>().is_none() {
        return Ok(Decision::unchanged((found.clone(), schedules), input.now));
    }
    let write = Write::update(found, found.row.clone().cancel(cancellation));
    let outcome = (write.versioned(), schedules);
    change.write(write);
    Ok(Decision::commit(outcome, change, input.now))
}

fn check_queue(found: Option<&Versioned<Queue>>) -> Result<(), Refusal> {
    if found.is_some() { Ok(()) } else { Err(contradiction(Field::Queue, "the queue does not exist")) }
}

/// Checks that a concert can be created with this number of schedules.
///
/// # Errors
/// [`Refusal::Contradiction`] above [`MAX_SCHEDULES`].
pub fn check_schedules(schedules: usize) -> Result<(), Refusal> {
    if schedules <= MAX_SCHEDULES {
        Ok(())
    } else {
        Err(contradiction(Field::Schedules, format!("must have at most {MAX_SCHEDULES} schedules")))
    }
}

fn check_limit(limit: Option<u32>) -> Result<(), Refusal> {
    match limit {
        Some(limit) if !(1..=MAX_SEATS_PER_USER).contains(&limit) => {
            Err(contradiction(Field::SeatsPerUser, format!("must be from 1 to {MAX_SEATS_PER_USER}")))
        }
        Some(_) | None => Ok(()),
    }
}

fn differences(before: Option<&Concert>, after: &Concert) -> Vec<PropertyChange> {
    let Listing { description, image_url, venue, publishes_at } = after.listing();
    let listing = before.map(Concert::listing);
    Differences::default()
        .note("name", before.map(Concert::name), Some(after.name()), str::to_owned)
        .note("host", before.map(Concert::host), Some(after.host()), str::to_owned)
        .note("queue_id", before.map(Concert::queue), Some(after.queue()), number)
        .note("max_seats_per_user", before.and_then(Concert::max_seats_per_user), after.max_seats_per_user(), number)
        .note("description", listing.and_then(|listing| listing.description.as_ref()), description.as_ref(), |text| {
            text.as_str().to_owned()
        })
        .note("image_url", listing.and_then(|listing| listing.image_url.as_ref()), image_url.as_ref(), |url| url.as_str().to_owned())
        .note("venue", listing.and_then(|listing| listing.venue.as_ref()), venue.as_ref(), place)
        .note("publishes_at", listing.and_then(|listing| listing.publishes_at), *publishes_at, instant)
        .list()
}

/// Formats a venue for the audit log.
fn place(Venue { name, city, zone }: &Venue) -> String {
    format!("{}, {} ({})", name.as_str(), city.as_str(), zone.as_str())
}
