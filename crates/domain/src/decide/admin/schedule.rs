//! Addition, change and cancellation of schedules.

use time::OffsetDateTime;

use super::{Patch, by, check_version, contradiction, instant};
use crate::audit_entry::{Action, Differences, OperatorOrder, PropertyChange, Subject};
use crate::decide::{Decision, Verdict};
use crate::layout::check_prices;
use crate::schedule::InvalidSalePeriod;
use crate::{
    Cancellation, Change, Concert, ConcertId, Field, Layout, LayoutHash, Needs, Refusal, Rules, Schedule, ScheduleField, ScheduleId,
    Version, Versioned, Write, Zone, need,
};

/// A new schedule as specified by an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchedule {
    /// The schedule's id.
    pub id: ScheduleId,
    /// The start of the show.
    pub starts_at: OffsetDateTime,
    /// The time zone of the venue.
    pub zone: Zone,
    /// The first instant of the sale.
    pub sale_opens_at: OffsetDateTime,
    /// The first instant after the sale.
    pub sale_closes_at: OffsetDateTime,
    /// The layout of its seats, if known.
    pub seats: Option<Layout>,
}

/// The command to add a schedule to a concert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Add {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The concert.
    pub concert: ConcertId,
    /// The new schedule.
    pub schedule: NewSchedule,
}

/// The command to change a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSchedule {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The schedule's id.
    pub id: ScheduleId,
    /// The version that the operator read, if specified.
    pub expected: Option<Version>,
    /// The start of the show.
    pub starts_at: Patch<OffsetDateTime>,
    /// The time zone of the venue.
    pub zone: Patch<Zone>,
    /// The first instant of the sale.
    pub sale_opens_at: Patch<OffsetDateTime>,
    /// The first instant after the sale.
    pub sale_closes_at: Patch<OffsetDateTime>,
}

/// The command to cancel a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The schedule's id.
    pub id: ScheduleId,
}

/// The input of the decision on a new schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddInput {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The concert.
    pub concert: Option<Versioned<Concert>>,
    /// An existing schedule with the id of the new one.
    pub namesake: Option<Versioned<Schedule>>,
}

/// The input of the decisions on an existing schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The schedule.
    pub schedule: Option<Versioned<Schedule>>,
}

impl crate::Command for Add {
    type Outcome = Versioned<Schedule>;
    type Needs = (need::Concert, need::Schedule);

    fn needs(&self) -> Self::Needs {
        (need::Concert(self.concert), need::Schedule(self.schedule.id))
    }

    fn decide(&self, now: OffsetDateTime, (concert, namesake): <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Self::Outcome> {
        let (concert, namesake) = (concert.map(|found| found.concert), namesake.map(|found| found.schedule));
        add(&AddInput { now, concert, namesake }, self, rules)
    }
}

impl crate::Command for ChangeSchedule {
    type Outcome = Versioned<Schedule>;
    type Needs = need::Schedule;

    fn needs(&self) -> Self::Needs {
        need::Schedule(self.id)
    }

    fn decide(&self, now: OffsetDateTime, found: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<Self::Outcome> {
        change(&Input { now, schedule: found.map(|found| found.schedule) }, self)
    }
}

impl crate::Command for Cancel {
    type Outcome = Versioned<Schedule>;
    type Needs = need::Schedule;

    fn needs(&self) -> Self::Needs {
        need::Schedule(self.id)
    }

    fn decide(&self, now: OffsetDateTime, found: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<Self::Outcome> {
        cancel(&Input { now, schedule: found.map(|found| found.schedule) }, self)
    }
}

/// Adds the schedule. The concert is written, too, so that a concurrent cancellation of the concert with its previous schedules meets a
/// conflict.
///
/// # Errors
/// [`Refusal::NotFound`] without the concert, [`Refusal::ScheduleCancelled`] if it was cancelled as a whole, [`Refusal::AlreadyExists`],
/// [`Refusal::Contradiction`].
pub fn add(input: &AddInput, command: &Add, rules: &Rules) -> Verdict<Versioned<Schedule>> {
    let concert = input.concert.as_ref().ok_or(Refusal::NotFound)?;
    if let Some(cancellation) = concert.cancellation() {
        return Err(Refusal::ScheduleCancelled { reason: cancellation.reason.clone() }.into());
    }
    let mut change = Change::default();
    let outcome = write_new(&mut change, concert.id(), &command.schedule, input.namesake.as_ref(), rules)?;
    change.write(Write::update(concert, concert.row.clone()));
    let changes = differences(None, &outcome.row);
    change.write(Write::insert(command.order.audit_entry(Action::Create, Subject::Schedule(outcome.id()), changes, input.now)));
    Ok(Decision::commit(outcome, change, input.now))
}

/// Adds to `change` the `new` schedule of `concert` and its seats; `namesake` is an existing schedule with the same id.
pub(super) fn write_new(
    change: &mut Change,
    concert: ConcertId,
    new: &NewSchedule,
    namesake: Option<&Versioned<Schedule>>,
    rules: &Rules,
) -> Result<Versioned<Schedule>, Refusal> {
    let NewSchedule { id, starts_at, sale_opens_at, sale_closes_at, .. } = *new;
    if namesake.is_some() {
        return Err(Refusal::AlreadyExists(id.0));
    }
    let mut schedule = Schedule::new(id, concert, starts_at, new.zone.clone(), sale_opens_at..sale_closes_at);
    schedule.check().map_err(invalid_sale_period)?;
    if let Some(layout) = &new.seats {
        let seats = layout.seats(id).and_then(|seats| check_prices(&seats, rules.max_balance).map(|()| seats));
        let seats = seats.map_err(|error| contradiction(Field::Schedule(ScheduleField::Seats), error))?;
        change.writes.extend(seats.into_iter().map(|seat| Write::insert(seat).into()));
        schedule = schedule.with_layout(Some(write_layout(change, layout)));
    }
    let write = Write::insert(schedule);
    let outcome = write.versioned();
    change.write(write);
    Ok(outcome)
}

/// Adds `layout` to `change`, unless the change has it already, and returns its hash.
pub(super) fn write_layout(change: &mut Change, layout: &Layout) -> LayoutHash {
    let hash = layout.hash();
    // Schedules of one concert often have the same layout.
    if !change.rows::<Layout>().any(|write| write.row == *layout) {
        change.write(Write::insert(layout.clone()));
    }
    hash
}

/// Changes the schedule. Writes nothing if no property differs.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::VersionMismatch`], [`Refusal::AlreadyCancelled`], [`Refusal::Contradiction`].
pub fn change(input: &Input, command: &ChangeSchedule) -> Verdict<Versioned<Schedule>> {
    let found = input.schedule.as_ref().ok_or(Refusal::NotFound)?;
    check_version(found, command.expected)?;
    if found.is_cancelled() {
        return Err(Refusal::AlreadyCancelled.into());
    }
    let starts_at = command.starts_at.unwrap_or(found.starts_at());
    let zone = command.zone.as_ref().unwrap_or(found.zone()).clone();
    let sale = command.sale_opens_at.unwrap_or(found.sale_opens_at())..command.sale_closes_at.unwrap_or(found.sale_closes_at());
    let schedule = found.row.clone().reschedule(starts_at, zone, sale).map_err(invalid_sale_period)?;
    let changes = differences(Some(&found.row), &schedule);
    if changes.is_empty() {
        return Ok(Decision::unchanged(found.clone(), input.now));
    }
    let write = Write::update(found, schedule);
    let outcome = write.versioned();
    let change = by(&command.order, Action::Change, Subject::Schedule(found.id()), changes, input.now).writing(write);
    Ok(Decision::commit(outcome, change, input.now))
}

/// Cancels the schedule: its holds end, its seats can no longer be held or bought, and its payments can be refunded at any time.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn cancel(input: &Input, command: &Cancel) -> Verdict<Versioned<Schedule>> {
    let mut schedule = input.schedule.clone().ok_or(Refusal::NotFound)?;
    let mut change = by(&command.order, Action::Cancel, Subject::Schedule(schedule.id()), Vec::new(), input.now);
    write_cancellation(&mut change, &mut schedule, &Cancellation { at: input.now, reason: command.order.reason.clone() });
    if change.row::<Schedule>().is_none() {
        return Ok(Decision::unchanged(schedule, input.now));
    }
    Ok(Decision::commit(schedule, change, input.now))
}

/// Adds to `change` the cancellation of `schedule`, unless it is already cancelled.
pub(super) fn write_cancellation(change: &mut Change, schedule: &mut Versioned<Schedule>, cancellation: &Cancellation) {
    if !schedule.is_cancelled() {
        let write = Write::update(schedule, schedule.row.clone().cancel(cancellation.clone()));
        *schedule = write.versioned();
        change.write(write);
    }
}

fn invalid_sale_period(error: InvalidSalePeriod) -> Refusal {
    contradiction(Field::Schedule(ScheduleField::SaleClose), error)
}

fn differences(before: Option<&Schedule>, after: &Schedule) -> Vec<PropertyChange> {
    Differences::default()
        .note("starts_at", before.map(Schedule::starts_at), Some(after.starts_at()), instant)
        .note("zone", before.map(|schedule| schedule.zone().clone()), Some(after.zone().clone()), |zone| zone.as_str().to_owned())
        .note("sale_opens_at", before.map(Schedule::sale_opens_at), Some(after.sale_opens_at()), instant)
        .note("sale_closes_at", before.map(Schedule::sale_closes_at), Some(after.sale_closes_at()), instant)
        .list()
}
