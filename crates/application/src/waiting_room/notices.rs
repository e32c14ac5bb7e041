//! The notices in the waiting room: which queues there are, how they admit, and how much is left of what people wait for. They are read
//! from the store now and then; who asks is answered from memory.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use domain::{Availability, ConcertId, Queue, QueueId, Stock, Versioned};

use crate::ports::{Catalogue, Clock};
use crate::{Error, SeatMaps};

pub(super) struct Notices {
    catalogue: Arc<dyn Catalogue>,
    seat_maps: Arc<SeatMaps>,
    clock: Arc<dyn Clock>,
    queues: ArcSwap<HashMap<QueueId, Arc<Versioned<Queue>>>>,
    availabilities: ArcSwap<HashMap<ConcertId, Availability>>,
}

impl Notices {
    pub(super) fn new(catalogue: Arc<dyn Catalogue>, seat_maps: Arc<SeatMaps>, clock: Arc<dyn Clock>) -> Self {
        Self { catalogue, seat_maps, clock, queues: ArcSwap::default(), availabilities: ArcSwap::default() }
    }

    /// The queue as it was when it was last read.
    pub(super) fn queue(&self, id: QueueId) -> Option<Arc<Versioned<Queue>>> {
        self.queues.load().get(&id).cloned()
    }

    /// How much of the concert is left; none if it isn't known.
    pub(super) fn availability(&self, concert: ConcertId) -> Option<Availability> {
        self.availabilities.load().get(&concert).copied()
    }

    /// Reads the queues; which there are.
    pub(super) async fn read_queues(&self) -> Result<Vec<QueueId>, Error> {
        let queues = self.catalogue.queues().await?;
        let ids = queues.iter().map(|queue| queue.id).collect();
        self.queues.store(Arc::new(queues.into_iter().map(|queue| (queue.id, Arc::new(queue))).collect()));
        Ok(ids)
    }

    /// Counts what is left of `concerts`.
    pub(super) async fn count_seats(&self, concerts: Vec<ConcertId>) -> Result<(), Error> {
        let mut left = HashMap::with_capacity(concerts.len());
        for concert in concerts {
            left.insert(concert, self.stock(concert).await?.availability());
        }
        self.availabilities.store(Arc::new(left));
        Ok(())
    }

    async fn stock(&self, concert: ConcertId) -> Result<Stock, Error> {
        let mut stock = Stock::default();
        for date in self.catalogue.schedules(concert).await? {
            if self.clock.now() < date.sale_closes_at {
                stock = stock.and(self.seat_maps.map(date.id).await?.stock());
            }
        }
        Ok(stock)
    }
}
