//! The port of the catalogue.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{Concert, ConcertId, Layout, LayoutHash, OfferedSeats, Queue, QueueId, Schedule, ScheduleId, Seat, Versioned};

use crate::page::PageRequest;
use crate::ports::ReadError;

/// Reads concerts, schedules, seats and queues.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// Returns concerts in the order of their ids, those after the page's cursor.
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Vec<Versioned<Concert>>, ReadError>;
    /// Returns the concert, if it exists.
    async fn concert(&self, id: ConcertId) -> Result<Option<Versioned<Concert>>, ReadError>;
    /// Returns the concerts with these `ids` that exist, each once, in any order.
    async fn concerts_by_id(&self, ids: &[ConcertId]) -> Result<Vec<Versioned<Concert>>, ReadError>;
    /// Returns the concerts of a queue, by id.
    async fn concerts_of(&self, queue: QueueId) -> Result<Vec<Versioned<Concert>>, ReadError>;
    /// Returns all schedules of a concert, by start, then id; none if the concert doesn't exist.
    async fn schedules(&self, concert: ConcertId) -> Result<Vec<Versioned<Schedule>>, ReadError>;
    /// Returns all schedules of all of `concerts`, in any order.
    async fn schedules_of(&self, concerts: &[ConcertId]) -> Result<Vec<Versioned<Schedule>>, ReadError>;
    /// Returns the schedule, if it exists.
    async fn schedule(&self, id: ScheduleId) -> Result<Option<Versioned<Schedule>>, ReadError>;
    /// Returns the schedules with these `ids` that exist, each once, in any order.
    async fn schedules_by_id(&self, ids: &[ScheduleId]) -> Result<Vec<Versioned<Schedule>>, ReadError>;
    /// Returns all seats of a schedule, by number; none if the schedule doesn't exist.
    async fn seats(&self, schedule: ScheduleId) -> Result<Vec<Versioned<Seat>>, ReadError>;
    /// Returns the layout with this hash, if it is stored.
    async fn layout(&self, hash: LayoutHash) -> Result<Option<Layout>, ReadError>;
    /// Returns what the public sees of the seats of each of `schedules` that has seats whose rows aren't BLOCKED. MUST NOT hold all seats
    /// in memory at once.
    async fn offered_seats(&self, schedules: &[ScheduleId]) -> Result<BTreeMap<ScheduleId, OfferedSeats>, ReadError>;
    /// Returns all queues, by id; [`Queue::DEFAULT`] is always among them.
    async fn queues(&self) -> Result<Vec<Versioned<Queue>>, ReadError>;
    /// Returns the queue, if it exists.
    async fn queue(&self, id: QueueId) -> Result<Option<Versioned<Queue>>, ReadError>;
}
