//! One queue in memory: the compressed numbers of waiting tokens, and the deadlines of active tokens.

use std::collections::{BTreeSet, HashMap};

use domain::{LoggedToken, TokenDigest, TokenState};
use roaring::RoaringTreemap;
use time::OffsetDateTime;

use super::estimate::{Estimate, Policy};
use super::estimate_samples::EstimateSamples;
use super::pace::Pace;

#[derive(Default)]
pub(super) struct WaitingQueue {
    waiting: RoaringTreemap,
    /// The highest number of a token that was in memory.
    last_number: u64,
    deadlines: HashMap<TokenDigest, OffsetDateTime>,
    /// The deadlines of active tokens, the earliest first.
    active: BTreeSet<(OffsetDateTime, TokenDigest)>,
    pace: Pace,
    estimate_samples: EstimateSamples,
}

impl WaitingQueue {
    /// Updates the queue with the state of the token; `before` is its previous state, as far as it is known in memory.
    pub(super) fn follow(&mut self, token: &LoggedToken, before: Option<TokenState>) {
        let was_waiting = before == Some(TokenState::Waiting);
        let was_active = matches!(before, Some(TokenState::Active { .. }));
        self.last_number = self.last_number.max(token.number);
        match token.state {
            TokenState::Waiting => {
                self.waiting.insert(token.number);
            }
            TokenState::Active { activated_at, expires_at, .. } => {
                self.waiting.remove(token.number);
                self.end(token.digest);
                self.deadlines.insert(token.digest, expires_at);
                self.active.insert((expires_at, token.digest));
                if was_waiting {
                    self.pace.admitted(activated_at);
                    self.estimate_samples.compare(token.number, activated_at);
                }
            }
            TokenState::Expired { .. } => {
                self.waiting.remove(token.number);
                self.end(token.digest);
                self.estimate_samples.forget(token.number);
                if was_active && !self.waiting.is_empty() {
                    self.pace.freed();
                }
            }
        }
        self.update_pace();
    }

    fn update_pace(&mut self) {
        if self.waiting.is_empty() {
            self.pace.forget_free();
        }
    }

    /// Removes the token.
    pub(super) fn forget(&mut self, token: &LoggedToken) {
        self.waiting.remove(token.number);
        self.end(token.digest);
        self.estimate_samples.forget(token.number);
        self.update_pace();
    }

    fn end(&mut self, digest: TokenDigest) {
        if let Some(deadline) = self.deadlines.remove(&digest) {
            self.active.remove(&(deadline, digest));
        }
    }

    /// Returns the position of a number in the queue: 1 for the first waiting user.
    pub(super) fn position(&self, number: u64) -> u64 {
        self.waiting.rank(number).max(1)
    }

    pub(super) fn waiting(&self) -> u64 {
        self.waiting.len()
    }

    /// Returns the numbers of the waiting tokens.
    pub(super) fn numbers(&self) -> RoaringTreemap {
        self.waiting.clone()
    }

    /// Returns the highest number of a token that was in memory; 0 before the first.
    pub(super) const fn last_number(&self) -> u64 {
        self.last_number
    }

    pub(super) fn active(&self, now: OffsetDateTime) -> u64 {
        let lapsed = self.active.iter().take_while(|(deadline, _)| *deadline <= now).count();
        u64::try_from(self.active.len() - lapsed).unwrap_or(u64::MAX)
    }

    /// Returns the number of tokens whose rows are ACTIVE, lapsed or not.
    pub(super) fn active_rows(&self) -> usize {
        self.active.len()
    }

    /// Returns the first deadline of active tokens, passed or not.
    pub(super) fn first_deadline(&self) -> Option<OffsetDateTime> {
        self.active.first().map(|(deadline, _)| *deadline)
    }

    /// Returns the first deadline of active tokens after `now`.
    pub(super) fn next_deadline(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.active.iter().map(|(deadline, _)| *deadline).find(|deadline| now < *deadline)
    }

    /// Returns the admissions per second into freed capacity; none if unknown.
    pub(super) fn admitted_per_second(&self, now: OffsetDateTime) -> Option<f64> {
        self.pace.per_second(now)
    }

    /// Estimates the wait of the user at `position`; none if unknown.
    pub(super) fn estimate(&self, position: u64, policy: Option<Policy>, now: OffsetDateTime) -> Option<Estimate> {
        let policy = policy?;
        Estimate::new(position, policy, policy.capacity.saturating_sub(self.active(now)), self.pace.tempo(now))
    }

    /// Records the estimate for the token with `number`, to compare it with the actual wait.
    pub(super) fn record_estimate(&mut self, number: u64, estimate: Option<Estimate>, now: OffsetDateTime) {
        self.estimate_samples.record(number, estimate, now);
    }

    /// Compresses the numbers, which form long runs.
    pub(super) fn tidy(&mut self) {
        self.waiting.optimize();
    }
}
