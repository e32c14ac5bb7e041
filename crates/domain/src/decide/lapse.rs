//! Lapse: what has ended by its deadline or by its date's cancellation is written down. Nothing waits for it; it tidies rows and tells the outbox.

use time::OffsetDateTime;

use crate::decide::ending;
use crate::{CancelReason, Change, Context, Event, QueueToken, TokenStatus, Versioned, Write};

/// One change for each loaded hold that has ended, by its deadline or by its date's cancellation: its seats are free by row, too.
#[must_use]
pub fn decide(context: &Context) -> Vec<Change> {
    context
        .reservations
        .iter()
        .filter_map(|hold| {
            let moment = context.moment(hold.schedule)?;
            let ended = hold.row.clone().lapse(moment).ok()?;
            let mut change = Change::default();
            ending::cancel(&mut change, hold, ended, CancelReason::Expired, moment, context);
            Some(change)
        })
        .collect()
}

/// Writes into `change` that `token` has passed its deadline, if it has.
pub(super) fn end_token(change: &mut Change, token: &Versioned<QueueToken>, now: OffsetDateTime) {
    if let (TokenStatus::Expired(reason), Ok(ended)) = (token.status(now), token.row.clone().lapse(now)) {
        change.events.push(Event::expired(&ended, reason));
        change.tokens.push(Write::update(token, ended));
    }
}
