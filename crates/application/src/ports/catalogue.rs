//! The port of what is on offer.

use async_trait::async_trait;
use domain::{Concert, ConcertId, Queue, QueueId, Schedule, ScheduleId, Seat, Versioned};

use crate::page::PageRequest;
use crate::ports::ReadError;

/// Concerts, dates, seats and queues, to be read.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// Concerts in the order of their ids, those after the page's cursor.
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Vec<Versioned<Concert>>, ReadError>;
    /// The concert, if it exists.
    async fn concert(&self, id: ConcertId) -> Result<Option<Versioned<Concert>>, ReadError>;
    /// The concerts behind a queue, by id.
    async fn concerts_of(&self, queue: QueueId) -> Result<Vec<Versioned<Concert>>, ReadError>;
    /// All dates of a concert, by start, then id; none if it doesn't exist.
    async fn schedules(&self, concert: ConcertId) -> Result<Vec<Versioned<Schedule>>, ReadError>;
    /// The date, if it exists.
    async fn schedule(&self, id: ScheduleId) -> Result<Option<Versioned<Schedule>>, ReadError>;
    /// Those of the dates `ids` that exist, each once, in any order.
    async fn schedules_by_id(&self, ids: &[ScheduleId]) -> Result<Vec<Versioned<Schedule>>, ReadError>;
    /// All seats of a date, by number; none if it doesn't exist.
    async fn seats(&self, schedule: ScheduleId) -> Result<Vec<Versioned<Seat>>, ReadError>;
    /// All queues, by id; [`Queue::DEFAULT`] is always among them.
    async fn queues(&self) -> Result<Vec<Versioned<Queue>>, ReadError>;
    /// The queue, if it exists.
    async fn queue(&self, id: QueueId) -> Result<Option<Versioned<Queue>>, ReadError>;
}
