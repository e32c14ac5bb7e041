//! The views of the waiting room: the position of a token, and the figures of a queue.

use domain::{Availability, Queue, QueueId, QueuePolicy, QueueToken, TokenStatus};
use time::{Duration, OffsetDateTime};

use super::WaitingRoom;
use super::estimate::{Estimate, MAX_POLL, Policy, poll_after};

/// The position of a token in its queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenView {
    /// The token.
    pub token: QueueToken,
    /// The instant as of which all fields hold.
    pub now: OffsetDateTime,
    /// The position in the queue, 1 for the next to be admitted; none unless the token waits.
    pub position: Option<u64>,
    /// The estimated wait; none unless the token waits, or if it is unknown.
    pub estimate: Option<Estimate>,
    /// The availability of the concert for which the user joined; none if the user specified none, or if it isn't known yet.
    pub availability: Option<Availability>,
    /// How long to wait before the next poll.
    pub poll_after: Duration,
}

/// The figures of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueFigures {
    /// The queue.
    pub queue: Queue,
    /// The number of waiting users.
    pub waiting: u64,
    /// The number of active users.
    pub active: u64,
    /// The measured number of admissions per minute into freed capacity; none if unknown.
    pub admitted_per_minute: Option<f64>,
    /// The estimated wait of a user who joins now; none if unknown.
    pub estimate: Option<Estimate>,
}

impl WaitingRoom {
    /// Returns the position of `token`.
    #[must_use]
    pub fn place(&self, token: &QueueToken) -> TokenView {
        let now = self.clock.now();
        let availability = token.concert().and_then(|concert| self.notices.availability(concert));
        let place = |position, estimate, poll_after| TokenView { token: token.clone(), now, position, estimate, availability, poll_after };
        match token.status(now) {
            TokenStatus::Waiting => {
                let policy = self.policy(token.queue());
                let line = self.lines.get(&token.queue());
                let position = line.as_ref().map_or(1, |line| line.position(token.number()));
                let estimate = line.and_then(|line| line.estimate(position, policy, now));
                place(Some(position), estimate, poll_after(token.id(), position, estimate))
            }
            TokenStatus::Active | TokenStatus::Expired(_) => place(None, None, MAX_POLL),
        }
    }

    /// Returns the policy of a queue: its own, completed by the configuration's.
    #[must_use]
    pub fn policy_of(&self, queue: &Queue) -> QueuePolicy {
        queue.policy(&self.policy)
    }

    /// Returns how the queue admits; none if it doesn't admit or doesn't exist.
    fn policy(&self, id: QueueId) -> Option<Policy> {
        let queue = self.notices.queue(id).filter(|queue| queue.state().admits() && !self.notices.is_shut(id))?;
        let QueuePolicy { capacity, batch, .. } = queue.policy(&self.policy);
        Some(Policy { capacity: capacity.into(), batch: batch.into(), tick: self.tick })
    }

    /// Returns the figures of the queue; none if it doesn't exist, as far as is known in memory.
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
