//! The ended tokens that are removed from memory while tokens are read from the store.
//!
//! A row that was read before a token ended arrives after the token was removed, as if it were new, and the token would be live in memory
//! forever: its end is already applied. So removals are recorded during reads, and such rows are discarded.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::TokenDigest;

#[derive(Default)]
pub(super) struct Evictions(Mutex<Recorded>);

#[derive(Default)]
struct Recorded {
    /// The number of reads in progress.
    reads: usize,
    tokens: HashSet<TokenDigest>,
}

/// A read in progress.
pub(super) struct Read<'a>(&'a Evictions);

impl Evictions {
    /// Records that a token is removed, if a read is in progress.
    pub(super) fn record(&self, token: TokenDigest) {
        let mut recorded = self.recorded();
        if recorded.reads > 0 {
            recorded.tokens.insert(token);
        }
    }

    /// Begins a read.
    pub(super) fn begin(&self) -> Read<'_> {
        self.recorded().reads += 1;
        Read(self)
    }

    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read<'_> {
    /// Whether a token was removed since the read began.
    pub(super) fn missed(&self, token: TokenDigest) -> bool {
        self.0.recorded().tokens.contains(&token)
    }
}

impl Drop for Read<'_> {
    fn drop(&mut self) {
        let mut recorded = self.0.recorded();
        recorded.reads -= 1;
        if recorded.reads == 0 {
            recorded.tokens = HashSet::new();
        }
    }
}
