//! The board of a queue: one public view for all its waiting users, from which each derives their own position.

use std::sync::Arc;

use domain::{Queue, QueueId, Versioned};
use time::OffsetDateTime;

use super::WaitingRoom;
use super::departures::DepartureRanges;

/// The board of a queue. It names no token and no user.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// The queue.
    pub queue: Arc<Versioned<Queue>>,
    /// The instant as of which all fields hold.
    pub now: OffsetDateTime,
    /// The number of waiting users.
    pub waiting: u64,
    /// The number of active users.
    pub active: u64,
    /// The highest number up to which no user waits: all of them were admitted or have left. 0 before the first admission.
    pub last_admitted: u64,
    /// The measured number of admissions per minute into freed capacity; none if unknown.
    pub admitted_per_minute: Option<f64>,
    /// The waiting users that have left, by ranges of numbers.
    pub departures: DepartureRanges,
}

impl WaitingRoom {
    /// Returns the board of the queue; none if it doesn't exist, as far as is known in memory. This takes some milliseconds if a million
    /// users wait.
    #[must_use]
    pub fn board(&self, id: QueueId) -> Option<Board> {
        let queue = self.notices.queue(id)?;
        let now = self.clock.now();
        // Copied, so that commits don't wait while the departures are counted.
        let line = self.lines.get(&id).map(|line| (line.numbers(), line.last_number(), line.active(now), line.admitted_per_second(now)));
        let (numbers, last_number, active, admitted_per_second) = line.unwrap_or_default();
        let last_admitted = numbers.min().map_or(last_number, |first| first.saturating_sub(1));
        Some(Board {
            queue,
            now,
            waiting: numbers.len(),
            active,
            last_admitted,
            admitted_per_minute: admitted_per_second.map(|rate| rate * 60.0),
            departures: DepartureRanges::of(last_admitted, numbers.iter()),
        })
    }
}
