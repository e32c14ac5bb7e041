//! The order in which ended tokens came into memory. Each is kept for a while, and only the latest ones if there are too many; others are read
//! from the store when they are requested.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{LoggedToken, TokenDigest, Versioned};
use time::{Duration, OffsetDateTime};

/// How long an ended token is kept in memory.
pub(super) const KEEP: Duration = Duration::minutes(10);

/// The estimated size of an ended token: its place in a table that may be half full, and in the order.
const TOKEN_BYTES: usize = 2 * size_of::<(TokenDigest, Versioned<LoggedToken>)>() + size_of::<Kept>();

struct Kept {
    at: OffsetDateTime,
    digest: TokenDigest,
}

pub(super) struct EndedTokens {
    at_most: usize,
    order: Mutex<VecDeque<Kept>>,
}

impl EndedTokens {
    /// Allows `limit` bytes of ended tokens.
    pub(super) fn new(limit: usize) -> Self {
        Self { at_most: (limit / TOKEN_BYTES).max(1), order: Mutex::default() }
    }

    /// Adds a token, and returns the one that must be removed to stay within the limit, if any.
    pub(super) fn add(&self, digest: TokenDigest, now: OffsetDateTime) -> Option<TokenDigest> {
        let mut order = self.order();
        order.push_back(Kept { at: now, digest });
        if order.len() > self.at_most { order.pop_front().map(|kept| kept.digest) } else { None }
    }

    /// Returns the tokens that were kept for long enough.
    pub(super) fn take_old(&self, now: OffsetDateTime) -> Vec<TokenDigest> {
        let mut order = self.order();
        let old = order.iter().take_while(|kept| kept.at + KEEP <= now).count();
        let old = order.drain(..old).map(|kept| kept.digest).collect();
        if order.capacity() > 4 * (order.len() + 1_024) {
            order.shrink_to_fit();
        }
        old
    }

    /// Returns the estimated size of all ended tokens.
    pub(super) fn bytes(&self) -> usize {
        self.order().len() * TOKEN_BYTES
    }

    fn order(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::NOW;
    use uuid::Uuid;

    use super::*;

    fn digest(number: u128) -> TokenDigest {
        TokenDigest(Uuid::from_u128(number))
    }

    #[test]
    fn the_oldest_token_makes_room_for_a_new_one() {
        let ended = EndedTokens::new(2 * TOKEN_BYTES);
        let evicted = [1, 2, 3, 4].map(|number| ended.add(digest(number), NOW));
        assert_eq!(evicted, [None, None, Some(digest(1)), Some(digest(2))]);
        assert_eq!(ended.bytes(), 2 * TOKEN_BYTES);
    }

    #[test]
    fn tokens_are_kept_for_a_while() {
        let ended = EndedTokens::new(10 * TOKEN_BYTES);
        ended.add(digest(1), NOW);
        ended.add(digest(2), NOW + Duration::SECOND);
        assert_eq!(ended.take_old(NOW + KEEP - Duration::MICROSECOND), []);
        assert_eq!(ended.take_old(NOW + KEEP), [digest(1)]);
        assert_eq!(ended.take_old(NOW + KEEP * 2), [digest(2)]);
    }
}
