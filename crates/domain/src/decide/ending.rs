//! The end of holds, shared by all commands that end them.

use time::OffsetDateTime;

use crate::loaded::LoadedReservation;
use crate::reservation::ReservationError;
use crate::{CancelReason, Change, Event, Fault, Guard, Moment, Refusal, Reservation, Seat, Write};

/// Adds to `change` the end of `hold`: EXPIRED if its deadline has passed or its schedule is cancelled, otherwise RELEASED. Frees its
/// seats, except those that `change` already writes.
pub(super) fn end_hold(change: &mut Change, hold: &LoadedReservation, now: OffsetDateTime) -> Result<(), Refusal> {
    let LoadedReservation { reservation, schedule, .. } = hold;
    let moment = schedule.at(now);
    let refuse = |error: ReservationError| Refusal::NotReleasable(error.status);
    if moment.is_before(reservation.expires_at()) {
        let ended = reservation.row.clone().release(moment).map_err(refuse)?;
        change.not_after(reservation.expires_at());
        change.rely_on(Guard::Schedule(schedule.id(), schedule.version));
        cancel(change, hold, ended, CancelReason::Released, moment)?;
    } else {
        let ended = reservation.row.clone().lapse(moment).map_err(refuse)?;
        cancel(change, hold, ended, CancelReason::Expired, moment)?;
    }
    Ok(())
}

/// Ends each of the conflicting holds with all its seats: lapsed holds, and the one that is exchanged.
pub(super) fn take_over<'a>(
    change: &mut Change,
    conflicting: impl IntoIterator<Item = &'a LoadedReservation>,
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    let mut holds: Vec<_> = conflicting.into_iter().collect();
    holds.sort_unstable_by_key(|hold| hold.reservation.id());
    holds.dedup_by_key(|hold| hold.reservation.id());
    holds.into_iter().try_for_each(|hold| end_hold(change, hold, now))
}

/// Adds to `change` that `old` is now `ended`, and frees its seats.
///
/// # Errors
/// [`Fault::SeatsMissing`] unless all of its seats were loaded, except those that `change` already writes; and if a seat belongs to another
/// reservation although `old` was sold or its hold is live.
pub(super) fn cancel(
    change: &mut Change,
    old: &LoadedReservation,
    ended: Reservation,
    reason: CancelReason,
    moment: Moment,
) -> Result<(), Fault> {
    let ended = Write::update(&old.reservation, ended);
    change.events.push(Event::cancelled(&ended, reason));
    change.write(ended);
    free_seats(change, old, moment)
}

fn free_seats(change: &mut Change, of: &LoadedReservation, moment: Moment) -> Result<(), Fault> {
    let (id, schedule) = (of.reservation.id(), of.reservation.schedule());
    let mut missing = Vec::new();
    for number in of.reservation.numbers() {
        let is_it = |seat: &Seat| seat.schedule() == schedule && seat.number() == number;
        if change.rows::<Seat>().any(|write| is_it(&write.row)) {
            continue;
        }
        match of.seats.iter().find(|seat| is_it(seat)).map(|seat| (seat, seat.row.clone().free(id, moment))) {
            Some((seat, Ok(free))) => change.write(Write::update(seat, free)),
            // After the deadline another reservation may have taken the seat: it keeps the seat.
            Some((_, Err(_))) if of.reservation.occupies() && !moment.is_before(of.reservation.expires_at()) => {}
            Some((_, Err(_))) | None => missing.push(number),
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(Fault::SeatsMissing { reservation: id, seats: missing }) }
}
