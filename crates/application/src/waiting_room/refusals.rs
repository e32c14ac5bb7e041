//! The tokens that the store refused recently, so that each is looked up there at most once per second.

use dashmap::DashMap;
use domain::TokenId;
use time::{Duration, OffsetDateTime};

const REMEMBER: Duration = Duration::SECOND;

#[derive(Default)]
pub(super) struct Refusals(DashMap<TokenId, OffsetDateTime>);

impl Refusals {
    pub(super) fn has(&self, token: TokenId, now: OffsetDateTime) -> bool {
        self.0.get(&token).is_some_and(|at| now < *at + REMEMBER)
    }

    pub(super) fn remember(&self, token: TokenId, now: OffsetDateTime) {
        self.0.insert(token, now);
    }

    pub(super) fn tidy(&self, now: OffsetDateTime) {
        self.0.retain(|_, at| now < *at + REMEMBER);
    }
}
