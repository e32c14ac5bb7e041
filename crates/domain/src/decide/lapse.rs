//! Lapse: what has ended by its deadline or by its date's cancellation is written down. Nothing waits for it; it tidies rows and tells the log.

use time::OffsetDateTime;

use crate::decide::ending;
use crate::loaded::LoadedReservation;
use crate::{CancelReason, Change, Event, Fault, QueueToken, TokenStatus, Versioned, Write};

/// One change for each of `holds` that has ended, by its deadline or by its date's cancellation: its seats are free by row, too. A hold
/// whose seats are missing keeps no other from ending.
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

/// Writes into `change` that `token` has passed its deadline, if it has.
pub(super) fn end_token(change: &mut Change, token: &Versioned<QueueToken>, now: OffsetDateTime) {
    if let (TokenStatus::Expired(reason), Ok(ended)) = (token.status(now), token.row.clone().lapse(now)) {
        let ended = Write::update(token, ended);
        change.events.push(Event::expired(&ended, reason));
        change.write(ended);
    }
}
