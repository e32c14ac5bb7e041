//! Index entries point to all rows, and only to rows.

use std::collections::BTreeMap;

use domain::{
    AuditEntry, Concert, IdempotencyRecord, Payment, Queue, QueueToken, Reservation, Schedule, ScheduleSales, Seat, Session, TokenState,
    User, Versioned, Wallet, WalletEntry,
};

use crate::engine::Order::Ascending;
use crate::fault::Fault;
use crate::key::{self, Key, Kind};
use crate::stored::Stored;
use crate::view::View;

/// Returns the number of index entries that are missing, or point to the wrong row or to no row.
pub(super) fn count_wrong(view: View<'_>) -> Result<usize, Fault> {
    let mut expected = BTreeMap::new();
    versioned::<Queue>(view, Kind::Queue, &mut expected)?;
    versioned::<Concert>(view, Kind::Concert, &mut expected)?;
    versioned::<Schedule>(view, Kind::Schedule, &mut expected)?;
    versioned::<Seat>(view, Kind::Seat, &mut expected)?;
    versioned::<QueueToken>(view, Kind::Token, &mut expected)?;
    versioned::<Reservation>(view, Kind::Reservation, &mut expected)?;
    versioned::<Payment>(view, Kind::Payment, &mut expected)?;
    versioned::<Wallet>(view, Kind::Wallet, &mut expected)?;
    versioned::<IdempotencyRecord>(view, Kind::IdempotencyKey, &mut expected)?;
    versioned::<Session>(view, Kind::Session, &mut expected)?;
    plain::<User>(view, Kind::User, &mut expected)?;
    plain::<WalletEntry>(view, Kind::WalletEntry, &mut expected)?;
    plain::<AuditEntry>(view, Kind::AuditEntry, &mut expected)?;
    plain::<ScheduleSales>(view, Kind::ScheduleSales, &mut expected)?;
    unused_tokens(view, &mut expected)?;
    unchecked_users(view, &mut expected)?;
    let mut wrong = 0;
    for entry in view.entries(Key::of_first_index()..Key::of_last(), Ascending)? {
        let (index, key) = entry?;
        wrong += usize::from(expected.remove(&Key::kept(index)) != Some(Key::kept(key)));
    }
    Ok(wrong + expected.len())
}

type Entries = BTreeMap<Key, Key>;

fn versioned<T: Stored<Found = Versioned<T>>>(view: View<'_>, kind: Kind, entries: &mut Entries) -> Result<(), Fault> {
    for row in view.rows::<T>(Key::of(kind).all(), Ascending)? {
        expect(&row?.row, entries);
    }
    Ok(())
}

fn plain<T: Stored<Found = T>>(view: View<'_>, kind: Kind, entries: &mut Entries) -> Result<(), Fault> {
    for row in view.rows::<T>(Key::of(kind).all(), Ascending)? {
        expect(&row?, entries);
    }
    Ok(())
}

fn expect<T: Stored>(row: &T, entries: &mut Entries) {
    entries.extend(row.indexes().into_iter().map(|index| (index, row.key())));
}

fn unused_tokens(view: View<'_>, entries: &mut Entries) -> Result<(), Fault> {
    for token in view.rows::<QueueToken>(Key::of(Kind::Token).all(), Ascending)? {
        let token = token?;
        if let TokenState::Expired { expired_at, .. } = token.state()
            && !view.has_any(Key::of(Kind::ReservationOfToken).id(token.id().0).all())?
        {
            entries.insert(Key::of(Kind::UnusedToken).at(expired_at).id(token.id().0), token.key());
        }
    }
    Ok(())
}

/// Expects an entry for each user that was never used; one of another user is checked later, or was checked.
fn unchecked_users(view: View<'_>, entries: &mut Entries) -> Result<(), Fault> {
    for user in view.rows::<User>(Key::of(Kind::User).all(), Ascending)? {
        let user = user?;
        if let Some(index) = key::unchecked_user(&user)
            && (view.has(&index)? || !view.is_used(user.id)?)
        {
            entries.insert(index, user.key());
        }
    }
    Ok(())
}
