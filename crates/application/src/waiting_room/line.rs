//! One queue's line in memory: the waiting numbers, compressed, and who is in until when.

use std::collections::HashMap;

use domain::{QueueToken, TokenId, TokenState};
use roaring::RoaringTreemap;
use time::OffsetDateTime;

use super::pace::Pace;

#[derive(Default)]
pub(super) struct Line {
    waiting: RoaringTreemap,
    active: HashMap<TokenId, OffsetDateTime>,
    pub(super) pace: Pace,
}

impl Line {
    /// Puts the token where its state says.
    pub(super) fn follow(&mut self, token: &QueueToken) {
        match token.state() {
            TokenState::Waiting => {
                self.waiting.insert(token.number);
            }
            TokenState::Active { expires_at, .. } => {
                self.waiting.remove(token.number);
                self.active.insert(token.id, expires_at);
            }
            TokenState::Expired { .. } => {
                self.waiting.remove(token.number);
                self.active.remove(&token.id);
            }
        }
    }

    /// 1 for the first who waits.
    pub(super) fn position(&self, number: u64) -> u64 {
        self.waiting.rank(number).max(1)
    }

    pub(super) fn waiting(&self) -> u64 {
        self.waiting.len()
    }

    pub(super) fn active(&self, now: OffsetDateTime) -> u64 {
        self.active.values().map(|expires_at| u64::from(now < *expires_at)).sum()
    }
}
