//! The tokens that are known, by their digests. Who waits is kept small, for a million of them; who is in, or has ended lately, whole.
//!
//! ```text
//!   a token that waits: 64 bytes, and 8 in a table that is between 7/16 and 7/8 full with a byte of its own for each place:
//!   from 75 to 85 bytes; its number in the line's bitmap takes a bit, or less.
//! ```

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use dashmap::DashMap;
use domain::{ConcertId, LoggedToken, QueueId, TokenDigest, TokenState, UserId, Version, Versioned};
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
    others: HashMap<TokenDigest, Versioned<LoggedToken>>,
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
    digest: TokenDigest,
    user: UserId,
    number: u64,
    joined_at: i64,
    version: Version,
    home: Arc<Home>,
}

impl Hash for Waiting {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.digest.hash(state);
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.0.digest == other.0.digest
    }
}

impl Eq for Waiting {}

impl Borrow<TokenDigest> for Waiting {
    fn borrow(&self) -> &TokenDigest {
        &self.0.digest
    }
}

impl Waiting {
    fn whole(&self) -> Versioned<LoggedToken> {
        let Place { digest, user, number, joined_at, version, home } = &*self.0;
        let joined_at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(*joined_at) * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let Home { queue, concert } = **home;
        let state = TokenState::Waiting;
        Versioned::new(*version, LoggedToken { digest: *digest, queue, user: *user, concert, number: *number, joined_at, state })
    }
}

impl Shard {
    fn version(&self, digest: TokenDigest) -> Option<(Version, TokenState)> {
        let waiting = self.waiting.get(&digest).map(|waiting| (waiting.0.version, TokenState::Waiting));
        waiting.or_else(|| self.others.get(&digest).map(|token| (token.version, token.state)))
    }

    fn remove(&mut self, digest: TokenDigest) -> Option<Versioned<LoggedToken>> {
        self.waiting.take(&digest).map(|waiting| waiting.whole()).or_else(|| self.others.remove(&digest))
    }
}

impl KnownTokens {
    pub(super) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| RwLock::default()).collect(), homes: DashMap::new() }
    }

    /// The token, if it is known.
    pub(super) fn get(&self, digest: TokenDigest) -> Option<Versioned<LoggedToken>> {
        let shard = self.read(digest);
        shard.waiting.get(&digest).map(Waiting::whole).or_else(|| shard.others.get(&digest).cloned())
    }

    /// Takes `token` in unless this version of it or a newer one is known. `follow` is told what it was before and runs while the token is
    /// locked, so that two versions of it are followed in their order. Whether it was taken in.
    pub(super) fn keep(&self, token: &Versioned<LoggedToken>, follow: impl FnOnce(Option<TokenState>)) -> bool {
        let mut shard = self.write(token.digest);
        let known = shard.version(token.digest);
        if known.is_some_and(|(version, _)| token.version <= version) {
            return false;
        }
        shard.waiting.remove(&token.digest);
        match token.state {
            TokenState::Waiting => {
                shard.waiting.insert(self.small(token));
            }
            TokenState::Active { .. } | TokenState::Expired { .. } => {
                shard.others.insert(token.digest, token.clone());
            }
        }
        follow(known.map(|(_, state)| state));
        true
    }

    /// Forgets the token, unless it has ended as far as is known by now; `follow` runs while it is locked.
    pub(super) fn forget_live(&self, digest: TokenDigest, follow: impl FnOnce(&LoggedToken)) {
        let mut shard = self.write(digest);
        if shard.version(digest).is_some_and(|(_, state)| state.is_live())
            && let Some(token) = shard.remove(digest)
        {
            follow(&token.row);
        }
    }

    /// Forgets those that have ended, as far as `keep` doesn't want them.
    pub(super) fn forget_ended(&self, keep: impl Fn(&LoggedToken) -> bool) {
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.others.retain(|_, token| token.state.is_live() || keep(&token.row));
            if shard.others.capacity() > 4 * (shard.others.len() + SHARDS) {
                shard.others.shrink_to_fit();
            }
        }
    }

    /// The digests of those whose rows are live, as far as is known here, and that `seen` hasn't.
    pub(super) fn live_beside(&self, seen: &HashSet<TokenDigest>) -> Vec<TokenDigest> {
        let mut missing = Vec::new();
        for shard in &self.shards {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            let live = shard.others.values().filter(|token| token.state.is_live()).map(|token| token.digest);
            missing.extend(shard.waiting.iter().map(|waiting| waiting.0.digest).chain(live).filter(|digest| !seen.contains(digest)));
        }
        missing
    }

    /// The concerts that somebody waits for, and in which line.
    pub(super) fn concerts(&self) -> BTreeSet<(QueueId, ConcertId)> {
        let waited_for = self.homes.iter().filter(|home| Arc::strong_count(home) > 1);
        waited_for.filter_map(|home| home.concert.map(|concert| (home.queue, concert))).collect()
    }

    fn small(&self, token: &Versioned<LoggedToken>) -> Waiting {
        let home = self.homes.entry((token.queue, token.concert)).or_insert_with(|| {
            let (queue, concert) = (token.queue, token.concert);
            Arc::new(Home { queue, concert })
        });
        // Instants have microseconds, which fit for 292,000 years.
        let joined_at = i64::try_from(token.joined_at.unix_timestamp_nanos() / 1_000).unwrap_or_default();
        let LoggedToken { digest, user, number, .. } = token.row;
        Waiting(Box::new(Place { digest, user, number, joined_at, version: token.version, home: home.clone() }))
    }

    fn shard(&self, digest: TokenDigest) -> &RwLock<Shard> {
        // Digests are as good as random, so any of their bytes spreads them.
        &self.shards[usize::from(digest.0.as_bytes()[15]) % SHARDS]
    }

    fn read(&self, digest: TokenDigest) -> RwLockReadGuard<'_, Shard> {
        self.shard(digest).read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, digest: TokenDigest) -> RwLockWriteGuard<'_, Shard> {
        self.shard(digest).write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::{NewToken, Queue, QueueToken, TokenId};
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 20:00:00.123456 UTC);

    fn token(number: u64, concert: Option<ConcertId>) -> QueueToken {
        let id = Uuid::from_u128(u128::from(number));
        let new = NewToken { id: TokenId(id), queue: Queue::DEFAULT, user: UserId(id), concert, joined_at: NOW };
        new.numbered(number)
    }

    fn waiting(number: u64, concert: Option<ConcertId>) -> Versioned<LoggedToken> {
        Versioned::new(Version::FIRST, (&token(number, concert)).into())
    }

    fn admitted(number: u64, concert: Option<ConcertId>) -> Versioned<LoggedToken> {
        let active = token(number, concert).admit(Duration::MINUTE, NOW).unwrap();
        Versioned::new(Version::FIRST.next(), (&active).into())
    }

    #[test]
    fn a_token_that_waits_is_64_bytes_and_comes_out_as_it_went_in() {
        assert_eq!(size_of::<Place>(), 64);
        assert_eq!(size_of::<Waiting>(), 8);
        let known = KnownTokens::new();
        for concert in [None, Some(ConcertId(Uuid::from_u128(5)))] {
            let token = waiting(7, concert);
            known.forget_live(token.digest, |_| ());
            assert!(known.keep(&token, |before| assert_eq!(before, None)));
            assert_eq!(known.get(token.digest), Some(token));
        }
    }

    #[test]
    fn the_newest_version_is_kept_whatever_comes_later() {
        let (known, token) = (KnownTokens::new(), waiting(1, None));
        assert!(known.keep(&token, |_| ()));
        assert!(known.keep(&admitted(1, None), |before| assert_eq!(before, Some(TokenState::Waiting))));
        for old in [&token, &admitted(1, None)] {
            assert!(!known.keep(old, |_| panic!("it isn't followed")));
        }
        assert_eq!(known.get(token.digest), Some(admitted(1, None)));
    }

    #[test]
    fn who_ended_is_forgotten_and_who_is_live_is_not() {
        let known = KnownTokens::new();
        let left = token(3, None).leave(NOW).unwrap();
        let (waits, is_in, left) = (waiting(1, None), admitted(2, None), Versioned::new(Version::FIRST.next(), (&left).into()));
        for token in [&waits, &is_in, &left] {
            known.keep(token, |_| ());
        }
        assert_eq!(known.live_beside(&HashSet::from([waits.digest])), [is_in.digest]);
        known.forget_live(left.digest, |_| panic!("it has ended"));
        assert!(known.get(left.digest).is_some());
        known.forget_ended(|_| false);
        assert_eq!([known.get(waits.digest), known.get(is_in.digest), known.get(left.digest)], [Some(waits), Some(is_in), None]);
    }

    #[test]
    fn a_concert_is_waited_for_as_long_as_somebody_does() {
        let (known, concert) = (KnownTokens::new(), ConcertId(Uuid::from_u128(5)));
        let token = waiting(1, Some(concert));
        known.keep(&token, |_| ());
        known.keep(&waiting(2, None), |_| ());
        assert_eq!(known.concerts(), BTreeSet::from([(Queue::DEFAULT, concert)]));
        known.keep(&admitted(1, Some(concert)), |_| ());
        assert!(known.concerts().is_empty());
    }
}
