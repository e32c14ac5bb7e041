//! Block: seats are taken out of the sale, and given back to it.

use std::collections::BTreeSet;

use thiserror::Error;
use time::OffsetDateTime;

use crate::audit_entry::{Action, Changed, Order, Subject};
use crate::decide::{Decision, Verdict, ending};
use crate::loaded::LoadedSeats;
use crate::{Change, Needs, Refusal, Rules, Schedule, ScheduleId, Seat, SeatNumber, SeatStatus, Versioned, Write, need};

/// Seats are to be taken out of the sale, or given back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Whose order.
    pub order: Order,
    /// Of which date.
    pub schedule: ScheduleId,
    /// Which seats, each once.
    pub seats: Vec<SeatNumber>,
    /// Out of the sale, or back.
    pub blocked: bool,
}

/// What the decision looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The date.
    pub schedule: Option<Versioned<Schedule>>,
    /// The seats, and who holds them.
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

/// The most seats in one order.
pub const MOST_SEATS: usize = 10_000;

/// Numbers that no order can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidSeatList {
    /// None, or too many.
    #[error("1 to {MOST_SEATS} seats")]
    Size,
    /// One of them twice.
    #[error("seat {0} is there twice")]
    Twice(SeatNumber),
}

/// Whether one order can name these seats.
///
/// # Errors
/// [`InvalidSeatList`] if there are none or too many, or one is there twice.
pub fn check(seats: &[SeatNumber]) -> Result<(), InvalidSeatList> {
    if !(1..=MOST_SEATS).contains(&seats.len()) {
        return Err(InvalidSeatList::Size);
    }
    let mut seen = BTreeSet::new();
    match seats.iter().find(|seat| !seen.insert(**seat)) {
        Some(twice) => Err(InvalidSeatList::Twice(*twice)),
        None => Ok(()),
    }
}

/// All of the seats are blocked, or all of them free; how many weren't before.
///
/// # Errors
/// [`Refusal::NotFound`] without the date, [`Refusal::UnknownSeats`], [`Refusal::SeatsUnavailable`] for seats that somebody has.
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
    let others = seats.into_iter().filter(|seat| (seat.status(moment) == SeatStatus::Blocked) != command.blocked);
    let mut lapsed = Vec::new();
    for seat in others {
        let turned = if command.blocked { seat.row.clone().block(moment) } else { seat.row.clone().unblock(moment) };
        let turned = turned.map_err(|error| Refusal::SeatsUnavailable(vec![(error.number, error.status)]))?;
        lapsed.extend(seat.reservation().and_then(|id| input.seats.hold(id)));
        change.write(Write::update(seat, turned));
    }
    let numbers: Vec<_> = change.rows::<Seat>().map(|seat| seat.row.number().to_string()).collect();
    if numbers.is_empty() {
        return Ok(Decision::already(0, now));
    }
    let changed = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    let seat_numbers = Changed { name: "seat_numbers".to_owned(), before: None, after: Some(numbers.join(",")) };
    change.write(Write::insert(command.order.done(action, Subject::Schedule(schedule.id()), vec![seat_numbers], now)));
    ending::take_over(&mut change, lapsed, now)?;
    Ok(Decision::commit(changed, change, now))
}

/// Whether somebody has a seat of this status.
const fn is_taken(status: SeatStatus) -> bool {
    match status {
        SeatStatus::Held | SeatStatus::Reserved => true,
        SeatStatus::Available | SeatStatus::Blocked => false,
    }
}
