//! The tokens that were looked up in the store and don't exist there. If one of them is issued later, its commit brings it into memory like any
//! other token, so they may be remembered for a while.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{TokenDigest, TokenId};
use time::{Duration, OffsetDateTime};

/// The time after which the older half of the tokens is forgotten: each is remembered for once to twice as long.
const HALF: Duration = Duration::seconds(30);

/// The estimated size of a token: its place in a table that may be half full.
const TOKEN_BYTES: usize = 2 * (size_of::<TokenDigest>() + 1);

pub(super) struct UnknownTokens {
    at_most: usize,
    halves: Mutex<Halves>,
}

struct Halves {
    newer: HashSet<TokenDigest>,
    older: HashSet<TokenDigest>,
    since: OffsetDateTime,
}

impl UnknownTokens {
    /// Allows `limit` bytes of tokens.
    pub(super) fn new(limit: usize) -> Self {
        let halves = Halves { newer: HashSet::new(), older: HashSet::new(), since: OffsetDateTime::UNIX_EPOCH };
        Self { at_most: (limit / TOKEN_BYTES / 2).max(1), halves: Mutex::new(halves) }
    }

    pub(super) fn has(&self, token: TokenId, now: OffsetDateTime) -> bool {
        let mut halves = self.halves();
        halves.forget_old(now);
        let digest = token.digest();
        halves.newer.contains(&digest) || halves.older.contains(&digest)
    }

    pub(super) fn add(&self, token: TokenId, now: OffsetDateTime) {
        let mut halves = self.halves();
        halves.forget_old(now);
        if halves.newer.len() >= self.at_most {
            halves.turn(now);
        }
        halves.newer.insert(token.digest());
    }

    pub(super) fn clear(&self) {
        let mut halves = self.halves();
        (halves.newer, halves.older) = (HashSet::new(), HashSet::new());
    }

    /// Returns the estimated size of all tokens.
    pub(super) fn bytes(&self) -> usize {
        let halves = self.halves();
        (halves.newer.len() + halves.older.len()) * TOKEN_BYTES
    }

    fn halves(&self) -> MutexGuard<'_, Halves> {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Halves {
    fn forget_old(&mut self, now: OffsetDateTime) {
        if now >= self.since + HALF * 2 || now < self.since {
            (self.newer, self.older, self.since) = (HashSet::new(), HashSet::new(), now);
        } else if now >= self.since + HALF {
            self.turn(now);
        }
    }

    fn turn(&mut self, now: OffsetDateTime) {
        self.older = std::mem::take(&mut self.newer);
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::NOW;
    use uuid::Uuid;

    use super::*;

    fn token(number: u128) -> TokenId {
        TokenId(Uuid::from_u128(number))
    }

    #[test]
    fn a_token_is_remembered_for_half_a_minute_to_a_minute() {
        let unknown = UnknownTokens::new(1 << 20);
        unknown.add(token(1), NOW);
        unknown.add(token(2), NOW + HALF - Duration::SECOND);
        assert!(unknown.has(token(1), NOW + HALF) && unknown.has(token(2), NOW + HALF) && !unknown.has(token(3), NOW));
        assert!(!unknown.has(token(1), NOW + HALF * 2) && !unknown.has(token(2), NOW + HALF * 2));
    }

    #[test]
    fn the_tokens_stay_within_their_bytes() {
        let limit = 100 * TOKEN_BYTES;
        let unknown = UnknownTokens::new(limit);
        for number in 0..1_000 {
            unknown.add(token(number), NOW);
            assert!(unknown.has(token(number), NOW) && unknown.bytes() <= limit);
        }
        assert!(unknown.has(token(960), NOW) && !unknown.has(token(800), NOW));
        unknown.clear();
        assert_eq!((unknown.has(token(999), NOW), unknown.bytes()), (false, 0));
    }
}
