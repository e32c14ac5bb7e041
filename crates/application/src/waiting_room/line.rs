//! One queue's line in memory: the waiting numbers, compressed, and who is in until when.

use std::collections::{BTreeSet, HashMap};

use domain::{LoggedToken, TokenDigest, TokenState};
use roaring::RoaringTreemap;
use time::OffsetDateTime;

use super::estimate::{Estimate, Policy};
use super::estimate_samples::EstimateSamples;
use super::pace::Pace;

#[derive(Default)]
pub(super) struct Line {
    waiting: RoaringTreemap,
    deadlines: HashMap<TokenDigest, OffsetDateTime>,
    /// The same, the earliest first.
    active: BTreeSet<(OffsetDateTime, TokenDigest)>,
    pace: Pace,
    told: EstimateSamples,
}

impl Line {
    /// Puts the token where its state says; `before` is what it was, as far as is known here.
    pub(super) fn follow(&mut self, token: &LoggedToken, before: Option<TokenState>) {
        let waited = before == Some(TokenState::Waiting);
        let was_in = matches!(before, Some(TokenState::Active { .. }));
        match token.state {
            TokenState::Waiting => {
                self.waiting.insert(token.number);
            }
            TokenState::Active { activated_at, expires_at, .. } => {
                self.waiting.remove(token.number);
                self.end(token.digest);
                self.deadlines.insert(token.digest, expires_at);
                self.active.insert((expires_at, token.digest));
                if waited {
                    self.pace.admitted(activated_at);
                    self.told.come_true(token.number, activated_at);
                }
            }
            TokenState::Expired { .. } => {
                self.waiting.remove(token.number);
                self.end(token.digest);
                self.told.forget(token.number);
                if was_in && !self.waiting.is_empty() {
                    self.pace.freed();
                }
            }
        }
        self.look_whether_anybody_waits();
    }

    fn look_whether_anybody_waits(&mut self) {
        if self.waiting.is_empty() {
            self.pace.nobody_waits();
        }
    }

    /// Forgets that the token was here.
    pub(super) fn forget(&mut self, token: &LoggedToken) {
        self.waiting.remove(token.number);
        self.end(token.digest);
        self.told.forget(token.number);
        self.look_whether_anybody_waits();
    }

    fn end(&mut self, digest: TokenDigest) {
        if let Some(deadline) = self.deadlines.remove(&digest) {
            self.active.remove(&(deadline, digest));
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
        let lapsed = self.active.iter().take_while(|(deadline, _)| *deadline <= now).count();
        u64::try_from(self.active.len() - lapsed).unwrap_or(u64::MAX)
    }

    /// The first deadline of those who are in, passed or not.
    pub(super) fn first_deadline(&self) -> Option<OffsetDateTime> {
        self.active.first().map(|(deadline, _)| *deadline)
    }

    /// The first deadline after `now` of those who are in.
    pub(super) fn next_deadline(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.active.iter().map(|(deadline, _)| *deadline).find(|deadline| now < *deadline)
    }

    /// Admissions a second into places that fell free; none if it isn't known.
    pub(super) fn admitted_per_second(&self, now: OffsetDateTime) -> Option<f64> {
        self.pace.per_second(now)
    }

    /// How long the user at `position` may wait; none if it isn't known.
    pub(super) fn estimate(&self, position: u64, policy: Option<Policy>, now: OffsetDateTime) -> Option<Estimate> {
        let policy = policy?;
        Estimate::new(position, policy, policy.capacity.saturating_sub(self.active(now)), self.pace.tempo(now))
    }

    /// Remembers what the one with `number` was told, to see whether it comes true.
    pub(super) fn tell(&mut self, number: u64, estimate: Option<Estimate>, now: OffsetDateTime) {
        self.told.tell(number, estimate, now);
    }

    /// Makes the numbers as small as they can be: long runs of people.
    pub(super) fn tidy(&mut self) {
        self.waiting.optimize();
    }
}
