//! What operators read.

use std::ops::Bound;

use application::PageRequest;
use application::ports::{DeedsWanted, Desk, ReadError, Turnout};
use async_trait::async_trait;
use domain::{
    Deed, DeedId, ExpiryReason, Money, NamePrefix, QueueId, QueueToken, Reservation, ReservationState, ScheduleId, TokenId, TokenState,
    User, UserId,
};

use crate::MemoryStore;
use crate::load::limit;
use crate::state::State;

#[async_trait]
impl Desk for MemoryStore {
    async fn turnout(&self, queue: QueueId) -> Result<Turnout, ReadError> {
        let mut turnout = Turnout::default();
        for token in self.state().tokens_of(queue) {
            let (admitted, no_show) = match token.state() {
                TokenState::Waiting => (false, false),
                TokenState::Active { .. } => (true, false),
                TokenState::Expired { reason, activated_at, .. } => (activated_at.is_some(), reason == ExpiryReason::Unclaimed),
            };
            turnout.admitted += u64::from(admitted);
            turnout.no_shows += u64::from(no_show);
        }
        Ok(turnout)
    }

    async fn revenue(&self, schedule: ScheduleId) -> Result<Money, ReadError> {
        let state = self.state();
        let paid = state.live_of(schedule).filter(|row| matches!(row.state(), ReservationState::Confirmed { .. }));
        Money::sum(paid.map(|row| row.amount)).map_err(|error| ReadError::Corrupt(error.to_string()))
    }

    async fn live_reservations(&self, schedule: ScheduleId, at_most: u32) -> Result<Vec<Reservation>, ReadError> {
        Ok(self.state().live_of(schedule).take(limit(at_most)).cloned().collect())
    }

    async fn count_live_reservations(&self, schedule: ScheduleId) -> Result<u64, ReadError> {
        Ok(u64::try_from(self.state().live_of(schedule).count()).unwrap_or(u64::MAX))
    }

    async fn users(&self, name: Option<NamePrefix>, page: PageRequest<UserId>) -> Result<Vec<User>, ReadError> {
        let after = page.after.map_or(Bound::Unbounded, Bound::Excluded);
        let is_called = |user: &User, prefix: &NamePrefix| user.name.as_ref().is_some_and(|name| prefix.matches(name));
        let state = self.state();
        let wanted = state.users.range((after, Bound::Unbounded)).map(|(_, user)| user);
        let wanted = wanted.filter(|user| name.as_ref().is_none_or(|prefix| is_called(user, prefix)));
        Ok(wanted.take(limit(page.size)).cloned().collect())
    }

    async fn tokens_of(&self, user: UserId, at_most: u32) -> Result<Vec<QueueToken>, ReadError> {
        let state = self.state();
        let has_reserved = |token: TokenId| state.reservations.values().any(|row| row.token == token);
        let own = state.tokens.values().filter(|token| token.user == user && (token.is_live() || has_reserved(token.id)));
        let mut own: Vec<_> = own.map(|token| token.row.clone()).collect();
        own.sort_by_key(|token| std::cmp::Reverse((token.joined_at, token.number)));
        own.truncate(limit(at_most));
        Ok(own)
    }

    async fn deeds(&self, wanted: DeedsWanted, page: PageRequest<DeedId>) -> Result<Vec<Deed>, ReadError> {
        let state = self.state();
        let below = (Bound::Unbounded, page.after.map_or(Bound::Unbounded, Bound::Excluded));
        let is_wanted = |deed: &&Deed| {
            wanted.subject.is_none_or(|subject| deed.subject.id() == subject)
                && wanted.operator.is_none_or(|operator| deed.operator == operator)
        };
        Ok(state.deeds.range(below).rev().map(|(_, deed)| deed).filter(is_wanted).take(limit(page.size)).cloned().collect())
    }
}

impl State {
    /// The reservations of a date whose rows are HELD or CONFIRMED.
    fn live_of(&self, schedule: ScheduleId) -> impl Iterator<Item = &Reservation> {
        let is_live = |row: &Reservation| match row.state() {
            ReservationState::Held | ReservationState::Confirmed { .. } => true,
            ReservationState::Cancelled { .. } => false,
        };
        self.reservations.values().map(|row| &row.row).filter(move |row| row.schedule == schedule && is_live(row))
    }
}
