//! Upgrades of stores that an earlier release has written.

use domain::{Reservation, User};

use crate::draft::Draft;
use crate::engine::Order::Ascending;
use crate::fault::{Fault, unless_corrupt};
use crate::key::{Key, Kind};
use crate::stored::Stored;

/// Adds the index entries by which reservations and users are pruned, to a store of format 1.
pub(crate) fn add_retention_indexes(draft: &mut Draft<'_>) -> Result<(), Fault> {
    let reservations = valid(draft.view().rows::<Reservation>(Key::of(Kind::Reservation).all(), Ascending)?)?;
    for reservation in &reservations {
        for index in reservation.indexes() {
            draft.put(&index, reservation.key().as_bytes())?;
        }
    }
    let users = valid(draft.view().rows::<User>(Key::of(Kind::User).all(), Ascending)?)?;
    users.iter().try_for_each(|user| draft.index_unchecked(user))
}

/// Returns the valid ones of `rows`: the audit finds the others.
fn valid<T>(rows: impl Iterator<Item = Result<T, Fault>>) -> Result<Vec<T>, Fault> {
    rows.filter_map(|row| unless_corrupt(row.map(Some)).transpose()).collect()
}
