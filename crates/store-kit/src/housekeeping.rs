//! Deletion of rows whose retention has ended.

use std::time::Duration;

use application::ports::{Prunable, Pruned};
use domain::{QueueToken, Reservation, Session, TokenState, User, UserId};
use time::OffsetDateTime;

use crate::draft::Draft;
use crate::engine::Order::Ascending;
use crate::fault::{Fault, unless_corrupt};
use crate::instant::past;
use crate::key::{self, Key, Kind};
use crate::log;
use crate::needs::limit;
use crate::stored::Stored;
use crate::view::View;

/// Returns how long the oldest row of `what` is past its retention.
pub(crate) fn backlog(view: View<'_>, what: Prunable, now: OffsetDateTime) -> Result<Duration, Fault> {
    let (kind, end) = match what {
        Prunable::Keys => (Kind::ExpiringKey, now),
        Prunable::Log { before, unread_before } => return log::backlog(view, before, unread_before),
        Prunable::Reservations { before } => (Kind::UnpaidReservation, before),
        Prunable::Tokens { before } => (Kind::UnusedToken, before),
        Prunable::Sessions { before } => (Kind::EndingSession, before),
        Prunable::Users { before } => (Kind::UncheckedUser, before),
    };
    let first = view.entries(Key::of(kind).all(), Ascending)?.next().transpose()?;
    let oldest = first.and_then(|(index, _)| key::micros_of(&index));
    Ok(oldest.map_or(Duration::ZERO, |oldest| past(oldest, end)))
}

impl View<'_> {
    /// Whether the user has a wallet entry, a token, a reservation or a session; true for a user without a wallet, which the audit reports.
    pub(crate) fn is_used(self, user: UserId) -> Result<bool, Fault> {
        Ok(unless_corrupt(self.wallet(user))?.is_none_or(|wallet| wallet.last_sequence() > 0)
            || self.has_any(Key::of(Kind::TokenOfUser).id(user.0).all())?
            || self.has_any(Key::of(Kind::ReservationOfUser).id(user.0).all())?
            || self.has_any(Key::of(Kind::Session).id(user.0).all())?)
    }
}

impl Draft<'_> {
    /// Deletes rows.
    pub(crate) fn prune(&mut self, what: Prunable, at_most: u32, now: OffsetDateTime) -> Result<Pruned, Fault> {
        match what {
            Prunable::Keys => self.prune_keys(at_most, now),
            Prunable::Log { before, unread_before } => {
                let deleted = self.prune_log(before, unread_before, at_most)?;
                Ok(Pruned { rows: deleted, more: deleted >= u64::from(at_most) })
            }
            Prunable::Reservations { before } => self.prune_reservations(before, at_most),
            Prunable::Tokens { before } => self.prune_tokens(before, at_most),
            Prunable::Sessions { before } => self.prune_sessions(before, at_most),
            Prunable::Users { before } => self.prune_users(before, at_most),
        }
    }

    fn prune_keys(&mut self, at_most: u32, now: OffsetDateTime) -> Result<Pruned, Fault> {
        // No other index points to them, so none needs to be read, not even an invalid one.
        let past = Key::of(Kind::ExpiringKey)..Key::of(Kind::ExpiringKey).at(now).after_all();
        let entries = self.first(past, at_most)?;
        for (index, record) in &entries {
            self.take(index)?;
            self.take(record)?;
        }
        Ok(pruned(entries.len() as u64, 0, entries.len(), at_most))
    }

    /// Deletes reservations that ended without a payment. Their tokens and users are checked again.
    fn prune_reservations(&mut self, before: OffsetDateTime, at_most: u32) -> Result<Pruned, Fault> {
        let mut deleted = 0;
        let entries = self.first(Key::of(Kind::UnpaidReservation)..Key::of(Kind::UnpaidReservation).at(before), at_most)?;
        let looked = entries.len();
        for (_, key) in entries {
            // An invalid one stays, for the audit to find.
            let Some(reservation) = unless_corrupt(self.view().get::<Reservation>(&key))? else { continue };
            self.remove(&reservation.row)?;
            if let Some(token) = unless_corrupt(self.view().token(reservation.token()))? {
                self.index_unused(&token)?;
            }
            self.check_again(reservation.user())?;
            deleted += 1;
        }
        Ok(pruned(deleted, 0, looked, at_most))
    }

    /// Deletes ended tokens that no reservation names. Their numbers are not reused, and their users are checked again.
    fn prune_tokens(&mut self, before: OffsetDateTime, at_most: u32) -> Result<Pruned, Fault> {
        let mut deleted = 0;
        let entries = self.first(Key::of(Kind::UnusedToken)..Key::of(Kind::UnusedToken).at(before), at_most)?;
        let looked = entries.len();
        for (index, key) in entries {
            // An invalid one stays, for the audit to find.
            let Some(token) = unless_corrupt(self.view().get::<QueueToken>(&key))? else { continue };
            self.take(&index)?;
            self.remove(&token.row)?;
            self.update_counters(token.queue(), |counters| counters.pruned += 1)?;
            self.check_again(token.user())?;
            deleted += 1;
        }
        Ok(pruned(deleted, 0, looked, at_most))
    }

    /// Deletes sessions that have ended. Their users are checked again.
    fn prune_sessions(&mut self, before: OffsetDateTime, at_most: u32) -> Result<Pruned, Fault> {
        let mut deleted = 0;
        let entries = self.first(Key::of(Kind::EndingSession)..Key::of(Kind::EndingSession).at(before), at_most)?;
        let looked = entries.len();
        for (_, key) in entries {
            // An invalid one stays, for the audit to find.
            let Some(session) = unless_corrupt(self.view().get::<Session>(&key))? else { continue };
            self.remove(&session.row)?;
            self.check_again(session.user())?;
            deleted += 1;
        }
        Ok(pruned(deleted, 0, looked, at_most))
    }

    /// Deletes users that were never used. Those that were used are not checked again before one of their rows is deleted.
    fn prune_users(&mut self, before: OffsetDateTime, at_most: u32) -> Result<Pruned, Fault> {
        let (mut deleted, mut kept) = (0, 0);
        let entries = self.first(Key::of(Kind::UncheckedUser)..Key::of(Kind::UncheckedUser).at(before), at_most)?;
        let looked = entries.len();
        for (index, key) in entries {
            // An invalid one stays, for the audit to find.
            let Some(user) = unless_corrupt(self.view().get::<User>(&key))? else { continue };
            self.take(&index)?;
            if self.view().is_used(user.id)? {
                kept += 1;
                continue;
            }
            self.remove(&user)?;
            self.take(&key::wallet(user.id))?;
            deleted += 1;
        }
        Ok(pruned(deleted, kept, looked, at_most))
    }

    /// Returns the first index entries in `keys`, each with the key of its row.
    fn first(&self, keys: std::ops::Range<Key>, at_most: u32) -> Result<Vec<(Key, Key)>, Fault> {
        let entries = self.view().entries(keys, Ascending)?.take(limit(at_most));
        Ok(entries.map(|entry| entry.map(|(index, key)| (Key::kept(index), Key::kept(key)))).collect::<Result<_, _>>()?)
    }

    /// Adds an ended token to the tokens that no reservation names, if none does.
    pub(crate) fn index_unused(&mut self, token: &QueueToken) -> Result<(), Fault> {
        if let TokenState::Expired { expired_at, .. } = token.state()
            && !self.view().has_any(Key::of(Kind::ReservationOfToken).id(token.id().0).all())?
        {
            self.put(&Key::of(Kind::UnusedToken).at(expired_at).id(token.id().0), token.key().as_bytes())?;
        }
        Ok(())
    }

    /// Adds a user to the users whose use is checked, unless a wallet entry keeps the user.
    fn check_again(&mut self, user: UserId) -> Result<(), Fault> {
        if unless_corrupt(self.view().wallet(user))?.is_some_and(|wallet| wallet.last_sequence() > 0) {
            return Ok(());
        }
        match unless_corrupt(self.view().user(user))? {
            Some(user) => self.index_unchecked(&user),
            None => Ok(()),
        }
    }

    /// Adds a user with a name to the users whose use is checked.
    pub(crate) fn index_unchecked(&mut self, user: &User) -> Result<(), Fault> {
        match key::unchecked_user(user) {
            Some(index) => self.put(&index, user.key().as_bytes()),
            None => Ok(()),
        }
    }
}

/// Returns the result of a round that looked at `looked` rows, at most `at_most`. A round that changed none would find the same invalid rows
/// again.
fn pruned(deleted: u64, kept: u64, looked: usize, at_most: u32) -> Pruned {
    Pruned { rows: deleted, more: looked >= limit(at_most) && deleted + kept > 0 }
}
