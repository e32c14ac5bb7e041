//! Seat maps: the seats of a date, made, or labelled and priced anew.

use std::collections::{HashMap, HashSet};

use time::OffsetDateTime;

use super::contradiction;
use crate::audit_entry::{Action, Changed, Order, Subject};
use crate::decide::{Decision, Verdict, ending};
use crate::loaded::{LoadedReservation, LoadedSeats};
use crate::seat_plan::{InvalidSeatPlan, check_prices};
use crate::{
    Change, Field, Moment, Needs, Refusal, Rules, Schedule, ScheduleId, Seat, SeatNumber, SeatPlan, SeatStatus, Versioned, Write, need,
};

/// A date is to have the seats of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayOut {
    /// Whose order.
    pub order: Order,
    /// Which date.
    pub schedule: ScheduleId,
    /// Its seats, by number.
    pub seats: Vec<Seat>,
}

/// What the decision looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The date.
    pub schedule: Option<Versioned<Schedule>>,
    /// The seats of the plan that are there, and who holds them.
    pub seats: LoadedSeats,
    /// The seats that have a label of the plan.
    pub labelled: Vec<Versioned<Seat>>,
}

impl crate::Command for LayOut {
    type Outcome = LaidOut;
    type Needs = (need::Schedule, need::Seats, need::LabelledSeats);

    fn needs(&self) -> Self::Needs {
        let schedule = self.schedule;
        let labels = self.seats.iter().map(|seat| seat.label().to_owned()).collect();
        let numbers = self.seats.iter().map(Seat::number).collect();
        (need::Schedule(schedule), need::Seats { schedule, numbers }, need::LabelledSeats { schedule, labels })
    }

    fn decide(
        &self,
        now: OffsetDateTime,
        (found, seats, labelled): <Self::Needs as Needs>::Found,
        rules: &Rules,
    ) -> Verdict<Self::Outcome> {
        lay_out(&Input { now, schedule: found.map(|found| found.schedule), seats, labelled }, self, rules)
    }
}

/// What became of the seats of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LaidOut {
    /// Seats that are new.
    pub created: u32,
    /// Seats with another label or price, or another accessibility.
    pub changed: u32,
    /// Seats that were so before.
    pub unchanged: u32,
}

impl LayOut {
    /// The seats of `schedule` by `plan`.
    ///
    /// # Errors
    /// [`Refusal::Contradiction`] if it is none.
    pub fn new(order: Order, schedule: ScheduleId, plan: &SeatPlan) -> Result<Self, Refusal> {
        let seats = plan.seats(schedule).map_err(|error| contradiction(Field::Seats, error))?;
        Ok(Self { order, schedule, seats })
    }
}

/// The seats of the plan are there, with its labels and prices. Seats that it doesn't name stay as they are.
///
/// # Errors
/// [`Refusal::NotFound`] without the date; [`Refusal::Contradiction`] for a price that nobody could pay, and for a label that another seat
/// of the date has; [`Refusal::SeatsUnavailable`] if seats that somebody has would change.
pub fn lay_out(input: &Input, command: &LayOut, rules: &Rules) -> Verdict<LaidOut> {
    let now = input.now;
    let schedule: &Versioned<Schedule> = input.schedule.as_ref().ok_or(Refusal::NotFound)?;
    check_prices(&command.seats, rules.max_balance).map_err(|error| contradiction(Field::Seats, error))?;
    check_labels(&input.labelled, command)?;
    let moment = schedule.at(now);
    let mut change = Change::default();
    let (mut told, mut taken, mut lapsed, mut labels_change) = (LaidOut::default(), Vec::new(), Vec::new(), false);
    let there = input.seats.by_number();
    for planned in &command.seats {
        let Some(found) = there.get(&planned.number()).copied() else {
            change.write(Write::insert(planned.clone()));
            (told.created, labels_change) = (told.created + 1, true);
            continue;
        };
        if found.label() == planned.label() && found.price() == planned.price() {
            if found.is_accessible() == planned.is_accessible() {
                told.unchanged += 1;
            } else {
                change.write(Write::update(found, found.row.clone().with_accessible(planned.is_accessible())));
                told.changed += 1;
            }
            continue;
        }
        let Some(free) = freed(found, &input.seats, moment, &mut lapsed) else {
            taken.push((found.number(), found.status(moment)));
            continue;
        };
        let relabelled = free.relabel(planned.label().to_owned(), planned.price(), moment);
        let relabelled = relabelled.map_err(|error| Refusal::SeatsUnavailable(vec![(error.number, error.status)]))?;
        change.write(Write::update(found, relabelled.with_accessible(planned.is_accessible())));
        told.changed += 1;
        labels_change |= found.label() != planned.label();
    }
    if !taken.is_empty() {
        return Err(Refusal::SeatsUnavailable(taken).into());
    }
    if change.writes.is_empty() {
        return Ok(Decision::already(told, now));
    }
    if labels_change {
        // Labels are unique by what was read of the date: another order for it that was decided on the same reading has to be decided again.
        change.write(Write::update(schedule, schedule.row.clone()));
    }
    change.write(Write::insert(command.order.done(Action::LayOut, Subject::Schedule(schedule.id()), told.changes(), now)));
    ending::take_over(&mut change, lapsed, now)?;
    Ok(Decision::commit(told, change, now))
}

/// Whether no seat that the plan leaves as it is has a label of the plan.
fn check_labels(labelled: &[Versioned<Seat>], command: &LayOut) -> Result<(), Refusal> {
    let planned: HashMap<&str, SeatNumber> = command.seats.iter().map(|seat| (seat.label(), seat.number())).collect();
    let numbers: HashSet<SeatNumber> = command.seats.iter().map(Seat::number).collect();
    let mut others = labelled.iter().filter(|seat| !numbers.contains(&seat.number()));
    let clash = others.find_map(|other| planned.get(other.label()).map(|number| (other, *number)));
    match clash {
        Some((other, number)) => {
            Err(contradiction(Field::Seats, InvalidSeatPlan::SameLabel(number, other.number(), other.label().to_owned())))
        }
        None => Ok(()),
    }
}

/// The seat without a hold that has lapsed, which is then among `lapsed`; none if somebody has it.
fn freed<'a>(seat: &Versioned<Seat>, seats: &'a LoadedSeats, moment: Moment, lapsed: &mut Vec<&'a LoadedReservation>) -> Option<Seat> {
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
    fn changes(self) -> Vec<Changed> {
        let told = |name: &str, seats: u32| Changed { name: name.to_owned(), before: None, after: Some(seats.to_string()) };
        vec![told("created", self.created), told("changed", self.changed), told("unchanged", self.unchanged)]
    }
}
