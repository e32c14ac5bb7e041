//! Upgrades of the stored rows from formats of earlier releases, when a store is opened.

use domain::{ExpiryReason, Queue, QueueId, QueueToken, Reservation, TokenState, User};

use crate::draft::Draft;
use crate::engine::Order::Ascending;
use crate::fault::{Fault, unless_corrupt};
use crate::key::{Key, Kind};
use crate::stored::Stored;
use crate::view::View;

/// Adds to the counters of each queue what format 1 lacked: the last admitted number, and the totals, counted over the tokens that still
/// exist.
pub(crate) fn count_admissions(draft: &mut Draft<'_>) -> Result<(), Fault> {
    let queues = valid(draft.view().rows::<Queue>(Key::of(Kind::Queue).all(), Ascending)?)?;
    let queues: Vec<QueueId> = queues.into_iter().map(|queue| queue.id()).collect();
    for queue in queues {
        let Admissions { last_admitted, admitted, no_shows } = Admissions::count(draft.view(), queue)?;
        draft.update_counters(queue, |counters| {
            (counters.last_admitted, counters.admitted, counters.no_shows) = (last_admitted, admitted, no_shows);
        })?;
    }
    Ok(())
}

#[derive(Default)]
struct Admissions {
    last_admitted: i64,
    admitted: i64,
    no_shows: u64,
}

impl Admissions {
    fn count(view: View<'_>, queue: QueueId) -> Result<Self, Fault> {
        let mut admissions = Self::default();
        for token in view.led::<QueueToken>(Key::of(Kind::TokenOfQueue).id(queue.0).all(), Ascending)? {
            // An invalid row stays, for the audit to find.
            let Some(token) = unless_corrupt(token.map(Some))? else { continue };
            if token.activated_at().is_some() {
                admissions.last_admitted = i64::try_from(token.number()).unwrap_or(i64::MAX);
                admissions.admitted += 1;
            }
            let is_no_show = matches!(token.state(), TokenState::Expired { reason: ExpiryReason::Unclaimed, .. });
            admissions.no_shows += u64::from(is_no_show);
        }
        Ok(admissions)
    }
}

/// Adds the index entries of reservations that an earlier format lacked: format 1 those by which they are pruned, format 2 those of refunded
/// ones.
pub(crate) fn index_reservations(draft: &mut Draft<'_>) -> Result<(), Fault> {
    let reservations = valid(draft.view().rows::<Reservation>(Key::of(Kind::Reservation).all(), Ascending)?)?;
    for reservation in &reservations {
        for index in reservation.indexes() {
            draft.put(&index, reservation.key().as_bytes())?;
        }
    }
    Ok(())
}

/// Adds the index entries by which users are pruned, to a store of format 1.
pub(crate) fn index_users(draft: &mut Draft<'_>) -> Result<(), Fault> {
    let users = valid(draft.view().rows::<User>(Key::of(Kind::User).all(), Ascending)?)?;
    users.iter().try_for_each(|user| draft.index_unchecked(user))
}

/// Returns the valid ones of `rows`: the audit finds the others.
fn valid<T>(rows: impl Iterator<Item = Result<T, Fault>>) -> Result<Vec<T>, Fault> {
    rows.filter_map(|row| unless_corrupt(row.map(Some)).transpose()).collect()
}
