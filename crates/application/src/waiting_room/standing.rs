//! What the room tells: where a token stands, and how a queue does.

use domain::{Availability, Queue, QueueId, QueuePolicy, QueueToken, TokenStatus};
use time::{Duration, OffsetDateTime};

use super::WaitingRoom;
use super::estimate::{Estimate, LATEST_POLL, Policy, poll_after};

/// Where a token stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The token.
    pub token: QueueToken,
    /// The instant that everything here is told from.
    pub now: OffsetDateTime,
    /// 1 for the next to be admitted; none unless it waits.
    pub position: Option<u64>,
    /// How long it may take; none unless it waits, or if it isn't known.
    pub estimate: Option<Estimate>,
    /// How much is left of the concert for which its user joined; none if they named none, or if it isn't known yet.
    pub availability: Option<Availability>,
    /// How long to wait before asking again.
    pub poll_after: Duration,
}

/// How a queue stands.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueFigures {
    /// The queue.
    pub queue: Queue,
    /// How many wait.
    pub waiting: u64,
    /// How many are in.
    pub active: u64,
    /// How many are admitted a minute into places that fell free, as measured; none if it isn't known.
    pub admitted_per_minute: Option<f64>,
    /// How long it may take who joins now; none if it isn't known.
    pub estimate: Option<Estimate>,
}

impl WaitingRoom {
    /// Where `token` stands.
    #[must_use]
    pub fn place(&self, token: &QueueToken) -> Place {
        let now = self.clock.now();
        let availability = token.concert().and_then(|concert| self.notices.availability(concert));
        let place = |position, estimate, poll_after| Place { token: token.clone(), now, position, estimate, availability, poll_after };
        match token.status(now) {
            TokenStatus::Waiting => {
                let policy = self.policy(token.queue());
                let line = self.lines.get(&token.queue());
                let position = line.as_ref().map_or(1, |line| line.position(token.number()));
                let estimate = line.and_then(|line| line.estimate(position, policy, now));
                place(Some(position), estimate, poll_after(token.id(), position, estimate))
            }
            TokenStatus::Active | TokenStatus::Expired(_) => place(None, None, LATEST_POLL),
        }
    }

    /// The policy of a queue: its own, and the configuration's where it sets none.
    #[must_use]
    pub fn policy_of(&self, queue: &Queue) -> QueuePolicy {
        queue.policy(&self.policy)
    }

    /// How the queue admits; none if it doesn't, or if there is no such queue.
    fn policy(&self, id: QueueId) -> Option<Policy> {
        let queue = self.notices.queue(id).filter(|queue| queue.state().lets_through() && !self.notices.is_shut(id))?;
        let QueuePolicy { capacity, batch, .. } = queue.policy(&self.policy);
        Some(Policy { capacity: capacity.into(), batch: batch.into(), tick: self.tick })
    }

    /// How the queue stands; none if there is no such queue, as far as is known here.
    #[must_use]
    pub fn figures(&self, id: QueueId) -> Option<QueueFigures> {
        let queue = self.notices.queue(id)?;
        let (now, policy, line) = (self.clock.now(), self.policy(id), self.lines.get(&id));
        let waiting = line.as_ref().map_or(0, |line| line.waiting());
        Some(QueueFigures {
            queue: queue.row.clone(),
            waiting,
            active: line.as_ref().map_or(0, |line| line.active(now)),
            admitted_per_minute: line.as_ref().and_then(|line| line.admitted_per_second(now)).map(|rate| rate * 60.0),
            estimate: line.and_then(|line| line.estimate(waiting + 1, policy, now)),
        })
    }
}
