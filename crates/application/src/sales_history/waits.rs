//! Since when users wait, for a sample of them that fits into memory.

use std::collections::HashMap;

use domain::TokenDigest;
use time::OffsetDateTime;

/// The maximum number of users in the sample.
const MAX: usize = 65_536;

/// A sample of the waiting users: all of them, or one in a power of two.
pub(super) struct WaitingSince {
    joined_at: HashMap<TokenDigest, OffsetDateTime>,
    one_in: u128,
}

impl Default for WaitingSince {
    fn default() -> Self {
        Self { joined_at: HashMap::new(), one_in: 1 }
    }
}

impl WaitingSince {
    /// Adds a user, if it is one of the sample.
    pub(super) fn join(&mut self, token: TokenDigest, at: OffsetDateTime) {
        if is_sampled(token, self.one_in) {
            self.joined_at.insert(token, at);
        }
        // Digests are evenly distributed, so this halves the sample.
        while self.joined_at.len() > MAX {
            self.one_in *= 2;
            self.joined_at.retain(|token, _| is_sampled(*token, self.one_in));
        }
    }

    /// Removes a user who no longer waits, and returns when the user joined, if it is known.
    pub(super) fn end(&mut self, token: TokenDigest) -> Option<OffsetDateTime> {
        self.joined_at.remove(&token)
    }
}

const fn is_sampled(TokenDigest(digest): TokenDigest, one_in: u128) -> bool {
    digest.as_u128() % one_in == 0
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn of_a_long_queue_a_part_is_sampled() {
        let (mut waiting, at) = (WaitingSince::default(), OffsetDateTime::UNIX_EPOCH);
        let token = |number: usize| TokenDigest(Uuid::from_u128(number.try_into().unwrap()));
        (0..MAX).for_each(|number| waiting.join(token(number), at));
        assert_eq!((waiting.joined_at.len(), waiting.one_in), (MAX, 1));
        (MAX..3 * MAX).for_each(|number| waiting.join(token(number), at));
        assert_eq!((waiting.joined_at.len(), waiting.one_in), (3 * MAX / 4, 4));
        assert_eq!([waiting.end(token(8)), waiting.end(token(8)), waiting.end(token(9))], [Some(at), None, None]);
    }
}
