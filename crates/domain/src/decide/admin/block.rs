//! Removal of seats from sale and their return to sale by an operator.

use std::collections::BTreeSet;

use thiserror::Error;
use time::OffsetDateTime;

use crate::audit_entry::{Action, OperatorOrder, PropertyChange, Subject};
use crate::decide::{Decision, Verdict, ending};
use crate::loaded::LoadedSeats;
use crate::{Change, Needs, Refusal, Rules, Schedule, ScheduleId, Seat, SeatNumber, SeatStatus, Versioned, Write, need};

/// The command to block or unblock seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The schedule of the seats.
    pub schedule: ScheduleId,
    /// The seats, each once.
    pub seats: Vec<SeatNumber>,
    /// Whether the seats are blocked or unblocked.
    pub blocked: bool,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The schedule.
    pub schedule: Option<Versioned<Schedule>>,
    /// The seats and the holds on them.
    pub seats: LoadedSeats,
}

impl crate::Command for Command {
    type Outcome = u32;
    type Needs = (need::Schedule, need::Seats);

    fn needs(&self) -> Self::Needs {
        (need::Schedule(self.schedule), need::Seats { schedule: self.schedule, numbers: self.seats.clone() })
    }

    fn decide(&self, now: OffsetDateTime, (found, seats): <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<Self::Outcome> {
        decide(&Input { now, schedule: found.map(|found| found.schedule), seats }, self)
    }
}

/// The maximum number of seats in one order.
pub const MAX_SEATS: usize = 10_000;

/// An invalid list of seats in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidSeatList {
    /// The list is empty or too long.
    #[error("must name 1 to {MAX_SEATS} seats")]
    Size,
    /// A seat is listed twice.
    #[error("seat {0} is listed twice")]
    Twice(SeatNumber),
}

/// Checks that one order can name these seats.
///
/// # Errors
/// [`InvalidSeatList`] if the list is empty or too long, or names a seat twice.
pub fn check(seats: &[SeatNumber]) -> Result<(), InvalidSeatList> {
    if !(1..=MAX_SEATS).contains(&seats.len()) {
        return Err(InvalidSeatList::Size);
    }
    let mut seen = BTreeSet::new();
    match seats.iter().find(|seat| !seen.insert(**seat)) {
        Some(twice) => Err(InvalidSeatList::Twice(*twice)),
        None => Ok(()),
    }
}

/// Blocks or unblocks all of the seats. Returns how many of them changed.
///
/// # Errors
/// [`Refusal::NotFound`] without the schedule, [`Refusal::UnknownSeats`], [`Refusal::SeatsUnavailable`] for seats that are held or sold.
pub fn decide(input: &Input, command: &Command) -> Verdict<u32> {
    let now = input.now;
    let schedule = input.schedule.as_ref().ok_or(Refusal::NotFound)?;
    let moment = schedule.at(now);
    let found = input.seats.by_number();
    let unknown: Vec<_> = command.seats.iter().copied().filter(|number| !found.contains_key(number)).collect();
    if !unknown.is_empty() {
        return Err(Refusal::UnknownSeats(unknown).into());
    }
    let seats: Vec<&Versioned<Seat>> = command.seats.iter().filter_map(|number| found.get(number).copied()).collect();
    let taken: Vec<_> = seats.iter().map(|seat| (seat.number(), seat.status(moment))).filter(|(_, status)| is_taken(*status)).collect();
    if !taken.is_empty() {
        return Err(Refusal::SeatsUnavailable(taken).into());
    }
    let action = if command.blocked { Action::Block } else { Action::Unblock };
    let mut change = Change::default();
    let to_change = seats.into_iter().filter(|seat| (seat.status(moment) == SeatStatus::Blocked) != command.blocked);
    let mut lapsed = Vec::new();
    for seat in to_change {
        let changed_seat = if command.blocked { seat.row.clone().block(moment) } else { seat.row.clone().unblock(moment) };
        let changed_seat = changed_seat.map_err(|error| Refusal::SeatsUnavailable(vec![(error.number, error.status)]))?;
        lapsed.extend(seat.reservation().and_then(|id| input.seats.hold(id)));
        change.write(Write::update(seat, changed_seat));
    }
    let numbers: Vec<_> = change.rows::<Seat>().map(|seat| seat.row.number().to_string()).collect();
    if numbers.is_empty() {
        return Ok(Decision::unchanged(0, now));
    }
    let changed = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    let seat_numbers = PropertyChange { name: "seat_numbers".to_owned(), before: None, after: Some(numbers.join(",")) };
    change.write(Write::insert(command.order.audit_entry(action, Subject::Schedule(schedule.id()), vec![seat_numbers], now)));
    ending::take_over(&mut change, lapsed, now)?;
    Ok(Decision::commit(changed, change, now))
}

/// Returns whether a seat of this status is held or sold.
const fn is_taken(status: SeatStatus) -> bool {
    match status {
        SeatStatus::Held | SeatStatus::Reserved => true,
        SeatStatus::Available | SeatStatus::Blocked => false,
    }
}
