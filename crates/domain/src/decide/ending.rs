//! How a hold comes to its end, whichever command finds it.

use crate::reservation::ReservationError;
use crate::{CancelReason, Change, Context, Event, Fault, Guard, Moment, Refusal, Reservation, Seat, Versioned, Write};

/// Writes into `change` that `hold` has ended: by its deadline or its date's cancellation if that has come, else because it is given
/// back. Its seats are free again, all but those that `change` writes already.
pub(super) fn end_hold(change: &mut Change, hold: &Versioned<Reservation>, context: &Context) -> Result<(), Refusal> {
    let date = context.date(hold.schedule).ok_or(Refusal::NotFound)?;
    let moment = date.at(context.now);
    let refuse = |error: ReservationError| Refusal::NotReleasable(error.status);
    if moment.is_before(hold.expires_at) {
        let ended = hold.row.clone().release(moment).map_err(refuse)?;
        change.not_after(hold.expires_at);
        change.rely_on(Guard::Schedule(date.id, date.version));
        cancel(change, hold, ended, CancelReason::Released, moment, context)?;
    } else {
        let ended = hold.row.clone().lapse(moment).map_err(refuse)?;
        cancel(change, hold, ended, CancelReason::Expired, moment, context)?;
    }
    Ok(())
}

/// Ends, whole, the lapsed holds that are in the way.
pub(super) fn take_over<'a>(
    change: &mut Change,
    context: &Context,
    lapsed: impl IntoIterator<Item = &'a Versioned<Reservation>>,
) -> Result<(), Refusal> {
    let mut lapsed: Vec<_> = lapsed.into_iter().collect();
    lapsed.sort_unstable_by_key(|reservation| reservation.id);
    lapsed.dedup_by_key(|reservation| reservation.id);
    lapsed.into_iter().try_for_each(|reservation| end_hold(change, reservation, context))
}

/// Writes into `change` that `old` is now `ended`, and frees its seats.
///
/// # Errors
/// [`Fault::SeatsMissing`] unless all of its seats were loaded, but for those that `change` writes already.
pub(super) fn cancel(
    change: &mut Change,
    old: &Versioned<Reservation>,
    ended: Reservation,
    reason: CancelReason,
    moment: Moment,
    context: &Context,
) -> Result<(), Fault> {
    change.events.push(Event::cancelled(&ended, reason));
    change.write(Write::update(old, ended));
    free_seats(change, old, moment, context)
}

fn free_seats(change: &mut Change, of: &Versioned<Reservation>, moment: Moment, context: &Context) -> Result<(), Fault> {
    let own: Vec<_> = context.seats_of(of.id).collect();
    let mut missing = Vec::new();
    for number in of.numbers() {
        let is_it = |seat: &Seat| seat.schedule == of.schedule && seat.number == number;
        if change.rows::<Seat>().any(|write| is_it(&write.row)) {
            continue;
        }
        match own.iter().find(|seat| is_it(seat)).map(|seat| (seat, seat.row.clone().free(of.id, moment))) {
            Some((seat, Ok(free))) => change.write(Write::update(seat, free)),
            // A seat that went on to another reservation is not taken from it.
            Some((_, Err(_))) | None if context.seats.iter().any(|seat| is_it(seat)) => {}
            Some((_, Err(_))) | None => missing.push(number),
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(Fault::SeatsMissing { reservation: of.id, seats: missing }) }
}
