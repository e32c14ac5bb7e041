//! What is on offer, to be read.

use std::collections::BTreeSet;
use std::ops::Bound;

use application::PageRequest;
use application::ports::{Catalogue, ReadError};
use async_trait::async_trait;
use domain::{Concert, ConcertId, Queue, QueueId, Schedule, ScheduleId, Seat, Versioned};

use crate::MemoryStore;
use crate::load::limit;

#[async_trait]
impl Catalogue for MemoryStore {
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Vec<Versioned<Concert>>, ReadError> {
        let after = page.after.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(self.state().concerts.range((after, Bound::Unbounded)).take(limit(page.size)).map(|(_, concert)| concert.clone()).collect())
    }

    async fn concert(&self, id: ConcertId) -> Result<Option<Versioned<Concert>>, ReadError> {
        Ok(self.state().concerts.get(&id).cloned())
    }

    async fn concerts_of(&self, queue: QueueId) -> Result<Vec<Versioned<Concert>>, ReadError> {
        Ok(self.state().concerts.values().filter(|concert| concert.queue == queue).cloned().collect())
    }

    async fn schedules(&self, concert: ConcertId) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        Ok(self.state().dates_of(concert))
    }

    async fn schedule(&self, id: ScheduleId) -> Result<Option<Versioned<Schedule>>, ReadError> {
        Ok(self.state().schedules.get(&id).cloned())
    }

    async fn schedules_by_id(&self, ids: &[ScheduleId]) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        let (state, ids) = (self.state(), ids.iter().collect::<BTreeSet<_>>());
        Ok(ids.into_iter().filter_map(|id| state.schedules.get(id)).cloned().collect())
    }

    async fn seats(&self, schedule: ScheduleId) -> Result<Vec<Versioned<Seat>>, ReadError> {
        Ok(self.state().seats.values().filter(|seat| seat.schedule == schedule).cloned().collect())
    }

    async fn queues(&self) -> Result<Vec<Versioned<Queue>>, ReadError> {
        Ok(self.state().queues.values().cloned().collect())
    }

    async fn queue(&self, id: QueueId) -> Result<Option<Versioned<Queue>>, ReadError> {
        Ok(self.state().queues.get(&id).cloned())
    }
}
