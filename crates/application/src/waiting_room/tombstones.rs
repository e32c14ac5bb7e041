//! The tokens that ended and were removed from memory a short time ago.
//!
//! A row of such a token from before its end may still arrive: it was read from the store before the end, or the response to the commit that
//! wrote it was delayed. It would look like a new token, which would be live in memory forever, because its end was applied before.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::TokenDigest;
use time::{Duration, OffsetDateTime};

/// How long a tombstone is kept: longer than any response of the store may take.
const KEEP: Duration = Duration::minutes(1);

#[derive(Default)]
pub(super) struct Tombstones(Mutex<Recent>);

#[derive(Default)]
struct Recent {
    tokens: HashSet<TokenDigest>,
    order: VecDeque<(OffsetDateTime, TokenDigest)>,
}

impl Tombstones {
    /// Records that a token that has ended is removed from memory.
    pub(super) fn add(&self, token: TokenDigest, now: OffsetDateTime) {
        let mut recent = self.recent();
        while let Some((at, oldest)) = recent.order.front().copied()
            && at + KEEP <= now
        {
            recent.order.pop_front();
            recent.tokens.remove(&oldest);
        }
        if recent.tokens.insert(token) {
            recent.order.push_back((now, token));
        }
    }

    /// Whether a token ended and was removed from memory a short time ago.
    pub(super) fn has(&self, token: TokenDigest) -> bool {
        self.recent().tokens.contains(&token)
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::TokenId;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_tombstone_is_kept_for_a_while() {
        let (tombstones, now) = (Tombstones::default(), datetime!(2026-11-21 20:00 UTC));
        let [one, other, third] = [1, 2, 3].map(|id| TokenId(Uuid::from_u128(id)).digest());
        tombstones.add(one, now);
        tombstones.add(other, now + KEEP - Duration::MICROSECOND);
        assert!(tombstones.has(one) && tombstones.has(other) && !tombstones.has(third));
        tombstones.add(third, now + KEEP);
        assert!(!tombstones.has(one) && tombstones.has(other) && tombstones.has(third));
    }
}
