//! Seat maps: creation, relabelling and repricing of the seats of a schedule.

use std::collections::{HashMap, HashSet};

use time::OffsetDateTime;

use super::contradiction;
use super::schedule::write_layout;
use crate::audit_entry::{Action, OperatorOrder, PropertyChange, Subject};
use crate::decide::{Decision, Verdict, ending};
use crate::fault::Fault;
use crate::layout::{InvalidLayout, check_prices};
use crate::loaded::{LoadedReservation, LoadedSeats};
use crate::{
    Change, Field, Layout, Moment, Needs, Refusal, Rules, Schedule, ScheduleId, Seat, SeatNumber, SeatStatus, Versioned, Write, need,
};

/// The command to give a schedule the seats of a plan, which is a layout of some or all of its seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayOut {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The schedule.
    pub schedule: ScheduleId,
    plan: Layout,
    /// The layout of the existing seats, for a schedule that names none: its seats were created before layouts were stored.
    existing: Layout,
    /// The seats of the plan, by number.
    seats: Vec<Seat>,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The schedule.
    pub schedule: Option<Versioned<Schedule>>,
    /// The existing seats with numbers of the plan, and the holds on them.
    pub seats: LoadedSeats,
    /// The existing seats with labels of the plan.
    pub labelled: Vec<Versioned<Seat>>,
    /// The layout of the schedule, if it names one.
    pub layout: Option<Layout>,
}

impl crate::Command for LayOut {
    type Outcome = LaidOut;
    type Needs = (need::Schedule, need::Seats, need::LabelledSeats, need::LayoutOf);

    fn needs(&self) -> Self::Needs {
        let schedule = self.schedule;
        let labels = self.seats.iter().map(|seat| seat.label().to_owned()).collect();
        let numbers = self.seats.iter().map(Seat::number).collect();
        (need::Schedule(schedule), need::Seats { schedule, numbers }, need::LabelledSeats { schedule, labels }, need::LayoutOf(schedule))
    }

    fn decide(
        &self,
        now: OffsetDateTime,
        (found, seats, labelled, layout): <Self::Needs as Needs>::Found,
        rules: &Rules,
    ) -> Verdict<Self::Outcome> {
        lay_out(&Input { now, schedule: found.map(|found| found.schedule), seats, labelled, layout }, self, rules)
    }
}

/// The outcome for the seats of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LaidOut {
    /// The number of new seats.
    pub created: u32,
    /// The number of seats whose label, price or accessibility changed.
    pub changed: u32,
    /// The number of seats that already matched the plan.
    pub unchanged: u32,
}

impl LayOut {
    /// Returns the command for the seats of `schedule` by `plan`.
    ///
    /// # Errors
    /// [`Refusal::Contradiction`] if the plan is invalid.
    pub fn new(order: OperatorOrder, schedule: ScheduleId, plan: Layout) -> Result<Self, Refusal> {
        let seats = plan.seats(schedule).map_err(|error| contradiction(Field::Seats, error))?;
        Ok(Self { order, schedule, plan, existing: Layout::default(), seats })
    }

    /// Returns the command for a schedule whose seats have the layout `existing`, if the schedule doesn't name another one.
    #[must_use]
    pub fn over(self, existing: Layout) -> Self {
        Self { existing, ..self }
    }

    /// Returns the layout of the schedule with the seats of the plan, and whether it is another one than before.
    fn merged(&self, input: &Input, schedule: &Schedule) -> Result<(Layout, bool), Refusal> {
        let current = match (schedule.layout(), &input.layout) {
            (None, _) => &self.existing,
            (Some(_), Some(layout)) => layout,
            (Some(_), None) => return Err(Fault::LayoutMissing(schedule.id()).into()),
        };
        let merged = current.with(&self.plan).map_err(|error| contradiction(Field::Seats, error))?;
        let changes = merged != *current;
        Ok((merged, changes))
    }
}

/// Creates or changes the seats of the plan to have its labels and prices, and gives the schedule the layout that they result in. Seats that
/// the plan doesn't contain stay as they are.
///
/// # Errors
/// [`Refusal::NotFound`] without the schedule; [`Refusal::Contradiction`] for a price above the largest balance of a wallet, and for a
/// label that another seat of the schedule has, or if seats of a category would have different prices; [`Refusal::SeatsUnavailable`] if the label or price of held or sold seats would change.
pub fn lay_out(input: &Input, command: &LayOut, rules: &Rules) -> Verdict<LaidOut> {
    let now = input.now;
    let schedule: &Versioned<Schedule> = input.schedule.as_ref().ok_or(Refusal::NotFound)?;
    check_prices(&command.seats, rules.max_balance).map_err(|error| contradiction(Field::Seats, error))?;
    check_labels(&input.labelled, command)?;
    let (layout, layout_changes) = command.merged(input, schedule)?;
    let moment = schedule.at(now);
    let mut change = Change::default();
    let (mut laid_out, mut taken, mut lapsed, mut labels_change) = (LaidOut::default(), Vec::new(), Vec::new(), false);
    let existing = input.seats.by_number();
    for planned in &command.seats {
        let Some(found) = existing.get(&planned.number()).copied() else {
            change.write(Write::insert(planned.clone()));
            (laid_out.created, labels_change) = (laid_out.created + 1, true);
            continue;
        };
        if found.label() == planned.label() && found.price() == planned.price() {
            if found.is_accessible() == planned.is_accessible() {
                laid_out.unchanged += 1;
            } else {
                change.write(Write::update(found, found.row.clone().with_accessible(planned.is_accessible())));
                laid_out.changed += 1;
            }
            continue;
        }
        let Some(free) = without_lapsed_hold(found, &input.seats, moment, &mut lapsed) else {
            taken.push((found.number(), found.status(moment)));
            continue;
        };
        let relabelled = free.relabel(planned.label().to_owned(), planned.price(), moment);
        let relabelled = relabelled.map_err(|error| Refusal::SeatsUnavailable(vec![(error.number, error.status)]))?;
        change.write(Write::update(found, relabelled.with_accessible(planned.is_accessible())));
        laid_out.changed += 1;
        labels_change |= found.label() != planned.label();
    }
    if !taken.is_empty() {
        return Err(Refusal::SeatsUnavailable(taken).into());
    }
    if change.writes.is_empty() && !layout_changes {
        return Ok(Decision::unchanged(laid_out, now));
    }
    if labels_change || layout_changes {
        // The layout, and the check for unique labels, relied on what was read: another order for this schedule that was decided on the
        // same state must be decided again.
        let hash = write_layout(&mut change, &layout);
        change.write(Write::update(schedule, schedule.row.clone().with_layout(Some(hash))));
    }
    change.write(Write::insert(command.order.audit_entry(Action::LayOut, Subject::Schedule(schedule.id()), laid_out.changes(), now)));
    ending::take_over(&mut change, lapsed, now)?;
    Ok(Decision::commit(laid_out, change, now))
}

/// Checks that no seat outside the plan has a label of the plan.
fn check_labels(labelled: &[Versioned<Seat>], command: &LayOut) -> Result<(), Refusal> {
    let planned: HashMap<&str, SeatNumber> = command.seats.iter().map(|seat| (seat.label(), seat.number())).collect();
    let numbers: HashSet<SeatNumber> = command.seats.iter().map(Seat::number).collect();
    let mut others = labelled.iter().filter(|seat| !numbers.contains(&seat.number()));
    let clash = others.find_map(|other| planned.get(other.label()).map(|number| (other, *number)));
    match clash {
        Some((other, number)) => {
            Err(contradiction(Field::Seats, InvalidLayout::SameLabel(number, other.number(), other.label().to_owned())))
        }
        None => Ok(()),
    }
}

/// Returns the seat without its lapsed hold, which is added to `lapsed`; none if the seat is held or sold.
fn without_lapsed_hold<'a>(
    seat: &Versioned<Seat>,
    seats: &'a LoadedSeats,
    moment: Moment,
    lapsed: &mut Vec<&'a LoadedReservation>,
) -> Option<Seat> {
    match (seat.status(moment), seat.reservation()) {
        (SeatStatus::Available | SeatStatus::Blocked, None) => Some(seat.row.clone()),
        (SeatStatus::Available, Some(reservation)) => {
            lapsed.extend(seats.hold(reservation));
            seat.row.clone().free(reservation, moment).ok()
        }
        (SeatStatus::Held | SeatStatus::Reserved | SeatStatus::Blocked, _) => None,
    }
}

impl LaidOut {
    fn changes(self) -> Vec<PropertyChange> {
        let count = |name: &str, seats: u32| PropertyChange { name: name.to_owned(), before: None, after: Some(seats.to_string()) };
        vec![count("created", self.created), count("changed", self.changed), count("unchanged", self.unchanged)]
    }
}
