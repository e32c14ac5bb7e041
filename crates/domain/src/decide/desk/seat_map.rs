//! Seat maps: the seats of a date, made, or labelled and priced anew.

use super::{by, contradiction};
use crate::decide::{Decision, Verdict, ending};
use crate::deed::{Act, Changed, Order, Subject};
use crate::{Context, Moment, Refusal, Schedule, ScheduleId, Seat, SeatNumber, SeatPlan, SeatStatus, Versioned, Write};

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

/// What became of the seats of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LaidOut {
    /// Seats that are new.
    pub created: u32,
    /// Seats with another label or price.
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
        let seats = plan.seats(schedule).map_err(|error| contradiction("sections", error))?;
        Ok(Self { order, schedule, seats })
    }

    /// The numbers of its seats.
    #[must_use]
    pub fn numbers(&self) -> Vec<SeatNumber> {
        self.seats.iter().map(|seat| seat.number).collect()
    }
}

/// The seats of the plan are there, with its labels and prices. Seats that it doesn't name stay as they are.
///
/// # Errors
/// [`Refusal::NotFound`] without the date; [`Refusal::SeatsUnavailable`] if seats that somebody has would change.
pub fn lay_out(context: &Context, command: &LayOut) -> Verdict<LaidOut> {
    let now = context.now;
    let schedule: &Versioned<Schedule> = context.schedule.as_ref().ok_or(Refusal::NotFound)?;
    let moment = schedule.at(now);
    let mut change = by(&command.order, Act::LayOut, Subject::Schedule(schedule.id), Vec::new(), now);
    let (mut told, mut taken, mut lapsed) = (LaidOut::default(), Vec::new(), Vec::new());
    let there = context.seats_by_number();
    for planned in &command.seats {
        let Some(found) = there.get(&planned.number).copied() else {
            change.seats.push(Write::insert(planned.clone()));
            told.created += 1;
            continue;
        };
        if found.label == planned.label && found.price == planned.price {
            told.unchanged += 1;
            continue;
        }
        let Some(free) = freed(found, context, moment, &mut lapsed) else {
            taken.push((found.number, found.status(moment)));
            continue;
        };
        let relabelled = free.relabel(planned.label.clone(), planned.price, moment);
        let relabelled = relabelled.map_err(|error| Refusal::SeatsUnavailable(vec![(error.number, error.status)]))?;
        change.seats.push(Write::update(found, relabelled));
        told.changed += 1;
    }
    if !taken.is_empty() {
        return Err(Refusal::SeatsUnavailable(taken).into());
    }
    if change.seats.is_empty() {
        return Ok(Decision::already(told, now));
    }
    ending::take_over(&mut change, context, lapsed)?;
    if let Some(deed) = &mut change.deed {
        deed.changes = told.changes();
    }
    Ok(Decision::commit(told, change, now))
}

/// The seat without a hold that has lapsed, which is then among `lapsed`; none if somebody has it.
fn freed<'a>(
    seat: &Versioned<Seat>,
    context: &'a Context,
    moment: Moment,
    lapsed: &mut Vec<&'a Versioned<crate::Reservation>>,
) -> Option<Seat> {
    match (seat.status(moment), seat.reservation()) {
        (SeatStatus::Available | SeatStatus::Blocked, None) => Some(seat.row.clone()),
        (SeatStatus::Available, Some(reservation)) => {
            lapsed.extend(context.reservation(reservation));
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
