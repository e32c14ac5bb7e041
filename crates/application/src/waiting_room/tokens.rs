//! The tokens that are known, by their ids. Who waits is kept small, for a million of them; who is in, or has ended lately, whole.
//!
//! ```text
//!   a token that waits: 64 bytes, and 8 in a table that is between 7/16 and 7/8 full with a byte of its own for each place:
//!   from 75 to 85 bytes; its number in the line's bitmap takes a bit, or less.
//! ```

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use dashmap::DashMap;
use domain::{ConcertId, NewToken, QueueId, QueueToken, TokenId, TokenState, UserId, Version, Versioned};
use time::OffsetDateTime;

/// The table is locked in so many parts.
const SHARDS: usize = 64;

/// The tokens that are known.
pub(super) struct KnownTokens {
    shards: Box<[RwLock<Shard>]>,
    homes: DashMap<(QueueId, Option<ConcertId>), Arc<Home>>,
}

#[derive(Default)]
struct Shard {
    waiting: HashSet<Waiting>,
    others: HashMap<TokenId, Versioned<QueueToken>>,
}

/// What many tokens have in common: the line that they are places in, and the concert for which.
#[derive(Debug)]
struct Home {
    queue: QueueId,
    concert: Option<ConcertId>,
}

/// A token that waits.
struct Waiting(Box<Place>);

struct Place {
    id: TokenId,
    user: UserId,
    number: u64,
    joined_at: i64,
    version: Version,
    home: Arc<Home>,
}

impl Hash for Waiting {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id.hash(state);
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Waiting {}

impl Borrow<TokenId> for Waiting {
    fn borrow(&self) -> &TokenId {
        &self.0.id
    }
}

impl Waiting {
    fn whole(&self) -> Versioned<QueueToken> {
        let Place { id, user, number, joined_at, version, home } = &*self.0;
        let joined_at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(*joined_at) * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let new = NewToken { id: *id, queue: home.queue, user: *user, concert: home.concert, joined_at };
        Versioned::new(*version, new.numbered(*number))
    }
}

impl Shard {
    fn version(&self, id: TokenId) -> Option<(Version, TokenState)> {
        let waiting = self.waiting.get(&id).map(|waiting| (waiting.0.version, TokenState::Waiting));
        waiting.or_else(|| self.others.get(&id).map(|token| (token.version, token.state())))
    }

    fn remove(&mut self, id: TokenId) -> Option<Versioned<QueueToken>> {
        self.waiting.take(&id).map(|waiting| waiting.whole()).or_else(|| self.others.remove(&id))
    }
}

impl KnownTokens {
    pub(super) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| RwLock::default()).collect(), homes: DashMap::new() }
    }

    /// The token, if it is known.
    pub(super) fn get(&self, id: TokenId) -> Option<Versioned<QueueToken>> {
        let shard = self.read(id);
        shard.waiting.get(&id).map(Waiting::whole).or_else(|| shard.others.get(&id).cloned())
    }

    /// Takes `token` in unless this version of it or a newer one is known. `follow` is told what it was before and runs while the token is
    /// locked, so that two versions of it are followed in their order. Whether it was taken in.
    pub(super) fn keep(&self, token: &Versioned<QueueToken>, follow: impl FnOnce(Option<TokenState>)) -> bool {
        let mut shard = self.write(token.id);
        let known = shard.version(token.id);
        if known.is_some_and(|(version, _)| token.version <= version) {
            return false;
        }
        shard.waiting.remove(&token.id);
        match token.state() {
            TokenState::Waiting => {
                shard.waiting.insert(self.small(token));
            }
            TokenState::Active { .. } | TokenState::Expired { .. } => {
                shard.others.insert(token.id, token.clone());
            }
        }
        follow(known.map(|(_, state)| state));
        true
    }

    /// Forgets the token; `follow` runs while it is locked.
    pub(super) fn forget(&self, id: TokenId, follow: impl FnOnce(&QueueToken)) {
        let mut shard = self.write(id);
        if let Some(token) = shard.remove(id) {
            follow(&token.row);
        }
    }

    /// Forgets those that have ended, as far as `keep` doesn't want them.
    pub(super) fn forget_ended(&self, keep: impl Fn(&QueueToken) -> bool) {
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.others.retain(|_, token| token.is_live() || keep(&token.row));
            if shard.others.capacity() > 4 * (shard.others.len() + SHARDS) {
                shard.others.shrink_to_fit();
            }
        }
    }

    /// The ids of those whose rows are live, as far as is known here, and that `seen` hasn't.
    pub(super) fn live_beside(&self, seen: &HashSet<TokenId>) -> Vec<TokenId> {
        let mut missing = Vec::new();
        for shard in &self.shards {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            let live = shard.others.values().filter(|token| token.is_live()).map(|token| token.id);
            missing.extend(shard.waiting.iter().map(|waiting| waiting.0.id).chain(live).filter(|id| !seen.contains(id)));
        }
        missing
    }

    /// The concerts that somebody waits for, and in which line.
    pub(super) fn concerts(&self) -> Vec<(QueueId, ConcertId)> {
        let waited_for = self.homes.iter().filter(|home| Arc::strong_count(home) > 1);
        waited_for.filter_map(|home| home.concert.map(|concert| (home.queue, concert))).collect()
    }

    fn small(&self, token: &Versioned<QueueToken>) -> Waiting {
        let home = self.homes.entry((token.queue, token.concert)).or_insert_with(|| {
            let (queue, concert) = (token.queue, token.concert);
            Arc::new(Home { queue, concert })
        });
        // Instants have microseconds, which fit for 292,000 years.
        let joined_at = i64::try_from(token.joined_at.unix_timestamp_nanos() / 1_000).unwrap_or_default();
        let QueueToken { id, user, number, .. } = token.row;
        Waiting(Box::new(Place { id, user, number, joined_at, version: token.version, home: home.clone() }))
    }

    fn shard(&self, id: TokenId) -> &RwLock<Shard> {
        // Tokens are random, so any of their bytes spreads them.
        &self.shards[usize::from(id.0.as_bytes()[15]) % SHARDS]
    }

    fn read(&self, id: TokenId) -> RwLockReadGuard<'_, Shard> {
        self.shard(id).read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, id: TokenId) -> RwLockWriteGuard<'_, Shard> {
        self.shard(id).write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::Queue;
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 20:00:00.123456 UTC);

    fn waiting(number: u64, concert: Option<ConcertId>) -> Versioned<QueueToken> {
        let id = Uuid::from_u128(u128::from(number));
        let new = NewToken { id: TokenId(id), queue: Queue::DEFAULT, user: UserId(id), concert, joined_at: NOW };
        Versioned::new(Version::FIRST, new.numbered(number))
    }

    fn admitted(token: &Versioned<QueueToken>) -> Versioned<QueueToken> {
        Versioned::new(token.version.next(), token.row.clone().admit(Duration::MINUTE, NOW).unwrap())
    }

    #[test]
    fn a_token_that_waits_is_64_bytes_and_comes_out_as_it_went_in() {
        assert_eq!(size_of::<Place>(), 64);
        assert_eq!(size_of::<Waiting>(), 8);
        let known = KnownTokens::new();
        for concert in [None, Some(ConcertId(Uuid::from_u128(5)))] {
            let token = waiting(7, concert);
            known.forget(token.id, |_| ());
            assert!(known.keep(&token, |before| assert_eq!(before, None)));
            assert_eq!(known.get(token.id), Some(token));
        }
    }

    #[test]
    fn the_newest_version_is_kept_whatever_comes_later() {
        let (known, token) = (KnownTokens::new(), waiting(1, None));
        assert!(known.keep(&token, |_| ()));
        assert!(known.keep(&admitted(&token), |before| assert_eq!(before, Some(TokenState::Waiting))));
        for old in [&token, &admitted(&token)] {
            assert!(!known.keep(old, |_| panic!("it isn't followed")));
        }
        assert_eq!(known.get(token.id), Some(admitted(&token)));
    }

    #[test]
    fn who_ended_is_forgotten_and_who_is_live_is_not() {
        let known = KnownTokens::new();
        let (waits, is_in, left) = (waiting(1, None), admitted(&waiting(2, None)), waiting(3, None));
        let left = Versioned::new(left.version.next(), left.row.leave(NOW).unwrap());
        for token in [&waits, &is_in, &left] {
            known.keep(token, |_| ());
        }
        assert_eq!(known.live_beside(&HashSet::from([waits.id])), [is_in.id]);
        known.forget_ended(|_| false);
        assert_eq!([known.get(waits.id), known.get(is_in.id), known.get(left.id)], [Some(waits), Some(is_in), None]);
    }

    #[test]
    fn a_concert_is_waited_for_as_long_as_somebody_does() {
        let (known, concert) = (KnownTokens::new(), ConcertId(Uuid::from_u128(5)));
        let token = waiting(1, Some(concert));
        known.keep(&token, |_| ());
        known.keep(&waiting(2, None), |_| ());
        assert_eq!(known.concerts(), [(Queue::DEFAULT, concert)]);
        known.keep(&admitted(&token), |_| ());
        assert!(known.concerts().is_empty());
    }
}
