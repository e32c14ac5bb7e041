//! The known tokens, by their digests. Waiting tokens, of which there may be a million, are stored compactly; active and recently ended
//! ones completely.
//!
//! ```text
//!   a waiting token: 64 bytes, and 8 in a table that is between 7/16 and 7/8 full with one more byte for each slot:
//!   from 75 to 85 bytes; its number in the queue's bitmap takes at most a bit.
//! ```

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use dashmap::DashMap;
use domain::{ConcertId, LoggedToken, QueueId, TokenDigest, TokenState, UserId, Version, Versioned};
use time::OffsetDateTime;

/// The number of separately locked parts of the table.
const SHARDS: usize = 64;

/// The known tokens.
pub(super) struct KnownTokens {
    shards: Box<[RwLock<Shard>]>,
    groups: DashMap<(QueueId, Option<ConcertId>), Arc<Group>>,
}

#[derive(Default)]
struct Shard {
    waiting: HashSet<Waiting>,
    others: HashMap<TokenDigest, Versioned<LoggedToken>>,
}

/// The common part of many tokens: their queue and their concert.
#[derive(Debug)]
struct Group {
    queue: QueueId,
    concert: Option<ConcertId>,
}

/// A waiting token.
struct Waiting(Box<CompactToken>);

struct CompactToken {
    digest: TokenDigest,
    user: UserId,
    number: u64,
    joined_at: i64,
    version: Version,
    group: Arc<Group>,
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
    fn expand(&self) -> Versioned<LoggedToken> {
        let CompactToken { digest, user, number, joined_at, version, group } = &*self.0;
        let joined_at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(*joined_at) * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let Group { queue, concert } = **group;
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
        self.waiting.take(&digest).map(|waiting| waiting.expand()).or_else(|| self.others.remove(&digest))
    }
}

impl KnownTokens {
    pub(super) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| RwLock::default()).collect(), groups: DashMap::new() }
    }

    /// Returns the token if it is known.
    pub(super) fn get(&self, digest: TokenDigest) -> Option<Versioned<LoggedToken>> {
        let shard = self.read(digest);
        shard.waiting.get(&digest).map(Waiting::expand).or_else(|| shard.others.get(&digest).cloned())
    }

    /// Stores `token` unless this or a newer version is known, or it is live although it `has_ended` before, and returns whether it was
    /// stored. `follow` receives the previous state. Both run while the token is locked, so that `follow` is called for two versions in
    /// their order.
    pub(super) fn keep(
        &self,
        token: &Versioned<LoggedToken>,
        has_ended: impl FnOnce() -> bool,
        follow: impl FnOnce(Option<TokenState>),
    ) -> bool {
        let mut shard = self.write(token.digest);
        let known = shard.version(token.digest);
        if known.is_some_and(|(version, _)| token.version <= version) {
            return false;
        }
        if known.is_none() && token.state.is_live() && has_ended() {
            return false;
        }
        shard.waiting.remove(&token.digest);
        match token.state {
            TokenState::Waiting => {
                shard.waiting.insert(self.compact(token));
            }
            TokenState::Active { .. } | TokenState::Expired { .. } => {
                shard.others.insert(token.digest, token.clone());
            }
        }
        follow(known.map(|(_, state)| state));
        true
    }

    /// Removes the token, unless it is known to have ended; `follow` runs while the token is locked.
    pub(super) fn forget_live(&self, digest: TokenDigest, follow: impl FnOnce(&LoggedToken)) {
        let mut shard = self.write(digest);
        if shard.version(digest).is_some_and(|(_, state)| state.is_live())
            && let Some(token) = shard.remove(digest)
        {
            follow(&token.row);
        }
    }

    /// Removes the token if it is known to have ended.
    pub(super) fn forget_ended(&self, digest: TokenDigest) {
        let mut shard = self.write(digest);
        if shard.others.get(&digest).is_some_and(|token| !token.state.is_live()) {
            shard.others.remove(&digest);
        }
    }

    /// Gives memory back that is no longer used.
    pub(super) fn shrink(&self) {
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            if shard.others.capacity() > 4 * (shard.others.len() + SHARDS) {
                shard.others.shrink_to_fit();
            }
        }
    }

    /// Returns all live tokens.
    pub(super) fn live(&self) -> Vec<TokenDigest> {
        let mut tokens = Vec::new();
        for shard in &self.shards {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            let active = shard.others.values().filter(|token| token.state.is_live()).map(|token| token.digest);
            tokens.extend(shard.waiting.iter().map(|waiting| waiting.0.digest).chain(active));
        }
        tokens
    }

    /// Returns the concerts that users wait for, with their queues.
    pub(super) fn concerts(&self) -> BTreeSet<(QueueId, ConcertId)> {
        let in_use = self.groups.iter().filter(|group| Arc::strong_count(group) > 1);
        in_use.filter_map(|group| group.concert.map(|concert| (group.queue, concert))).collect()
    }

    fn compact(&self, token: &Versioned<LoggedToken>) -> Waiting {
        let group = self.groups.entry((token.queue, token.concert)).or_insert_with(|| {
            let (queue, concert) = (token.queue, token.concert);
            Arc::new(Group { queue, concert })
        });
        // Instants in microseconds fit for 292,000 years.
        let joined_at = i64::try_from(token.joined_at.unix_timestamp_nanos() / 1_000).unwrap_or_default();
        let LoggedToken { digest, user, number, .. } = token.row;
        Waiting(Box::new(CompactToken { digest, user, number, joined_at, version: token.version, group: group.clone() }))
    }

    fn shard(&self, digest: TokenDigest) -> &RwLock<Shard> {
        // Digests are practically random, so any of their bytes distributes them evenly.
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
    fn a_waiting_token_takes_64_bytes_and_is_returned_unchanged() {
        assert_eq!(size_of::<CompactToken>(), 64);
        assert_eq!(size_of::<Waiting>(), 8);
        let known = KnownTokens::new();
        for concert in [None, Some(ConcertId(Uuid::from_u128(5)))] {
            let token = waiting(7, concert);
            known.forget_live(token.digest, |_| ());
            assert!(known.keep(&token, || false, |before| assert_eq!(before, None)));
            assert_eq!(known.get(token.digest), Some(token));
        }
    }

    #[test]
    fn the_newest_version_is_kept_when_older_ones_arrive_later() {
        let (known, token) = (KnownTokens::new(), waiting(1, None));
        assert!(known.keep(&token, || false, |_| ()));
        assert!(known.keep(&admitted(1, None), || false, |before| assert_eq!(before, Some(TokenState::Waiting))));
        for old in [&token, &admitted(1, None)] {
            assert!(!known.keep(old, || false, |_| panic!("an old version should not be followed")));
        }
        assert_eq!(known.get(token.digest), Some(admitted(1, None)));
    }

    #[test]
    fn ended_tokens_are_removed_and_live_ones_are_not() {
        let known = KnownTokens::new();
        let left = token(3, None).leave(NOW).unwrap();
        let (waits, active, left) = (waiting(1, None), admitted(2, None), Versioned::new(Version::FIRST.next(), (&left).into()));
        for token in [&waits, &active, &left] {
            known.keep(token, || false, |_| ());
        }
        assert_eq!(HashSet::from_iter(known.live()), HashSet::from([waits.digest, active.digest]));
        known.forget_live(left.digest, |_| panic!("an ended token should not be followed"));
        assert!(known.get(left.digest).is_some());
        for digest in [waits.digest, active.digest, left.digest] {
            known.forget_ended(digest);
        }
        known.shrink();
        assert_eq!([known.get(waits.digest), known.get(active.digest), known.get(left.digest)], [Some(waits), Some(active), None]);
    }

    #[test]
    fn concerts_are_those_that_users_wait_for() {
        let (known, concert) = (KnownTokens::new(), ConcertId(Uuid::from_u128(5)));
        let token = waiting(1, Some(concert));
        known.keep(&token, || false, |_| ());
        known.keep(&waiting(2, None), || false, |_| ());
        assert_eq!(known.concerts(), BTreeSet::from([(Queue::DEFAULT, concert)]));
        known.keep(&admitted(1, Some(concert)), || false, |_| ());
        assert!(known.concerts().is_empty());
    }
}
