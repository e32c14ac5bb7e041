//! Lapse: records in their rows that holds and tokens have expired, by their deadline or by the cancellation of their schedule. No other
//! rule depends on it: it only updates rows and adds events to the log.

use time::OffsetDateTime;

use crate::decide::ending;
use crate::loaded::LoadedReservation;
use crate::{CancelReason, Change, Event, Fault, QueueToken, TokenStatus, Versioned, Write};

/// Returns one change for each of `holds` that has expired, by its deadline or by the cancellation of its schedule; the change also frees
/// the rows of its seats. A hold with missing seats yields a fault and doesn't affect the others.
#[must_use]
pub fn decide(holds: &[LoadedReservation], now: OffsetDateTime) -> Vec<Result<Change, Fault>> {
    let lapse = |hold: &LoadedReservation| {
        let moment = hold.schedule.at(now);
        let ended = hold.reservation.row.clone().lapse(moment).ok()?;
        let mut change = Change::default();
        Some(ending::cancel(&mut change, hold, ended, CancelReason::Expired, moment).map(|()| change))
    };
    holds.iter().filter_map(lapse).collect()
}

/// Adds to `change` the expiry of `token`, if its deadline has passed.
pub(super) fn end_token(change: &mut Change, token: &Versioned<QueueToken>, now: OffsetDateTime) {
    if let (TokenStatus::Expired(reason), Ok(ended)) = (token.status(now), token.row.clone().lapse(now)) {
        let ended = Write::update(token, ended);
        change.events.push(Event::expired(&ended, reason));
        change.write(ended);
    }
}
