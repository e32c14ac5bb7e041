//! How a hold comes to its end, whichever command finds it.

use crate::change::Check;
use crate::reservation::ReservationError;
use crate::{CancelReason, Change, Context, Event, Moment, Refusal, Reservation, Versioned, Write};

/// Writes into `change` that `hold` has ended: by its deadline or its date's cancellation if that has come, else because it is given
/// back. Its seats are free again, all but those that `change` writes already.
pub(super) fn end_hold(change: &mut Change, hold: &Versioned<Reservation>, context: &Context) -> Result<(), Refusal> {
    let date = context.date(hold.schedule).ok_or(Refusal::NotFound)?;
    let moment = date.at(context.now);
    let refuse = |error: ReservationError| Refusal::NotReleasable(error.status);
    if moment.is_before(hold.expires_at) {
        let ended = hold.row.clone().release(moment).map_err(refuse)?;
        change.not_after(hold.expires_at);
        let check = Check::Schedule(date.id, date.version);
        if !change.checks.contains(&check) {
            change.checks.push(check);
        }
        cancel(change, hold, ended, CancelReason::Released, moment, context);
    } else {
        let ended = hold.row.clone().lapse(moment).map_err(refuse)?;
        cancel(change, hold, ended, CancelReason::Expired, moment, context);
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
pub(super) fn cancel(
    change: &mut Change,
    old: &Versioned<Reservation>,
    ended: Reservation,
    reason: CancelReason,
    moment: Moment,
    context: &Context,
) {
    change.events.push(Event::cancelled(&ended, reason));
    change.reservations.push(Write::update(old, ended));
    for seat in context.seats_of(old.id) {
        let written = change.seats.iter().any(|write| write.row.schedule == seat.schedule && write.row.number == seat.number);
        if let (false, Ok(free)) = (written, seat.row.clone().free(old.id, moment)) {
            change.seats.push(Write::update(seat, free));
        }
    }
}
