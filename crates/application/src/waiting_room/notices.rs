//! The notices in the waiting room: which queues there are, how they admit, and how much is left of what people wait for. They are read
//! from the store now and then; who asks is answered from memory.

use std::collections::{HashMap, HashSet};
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
    sold_out: ArcSwap<HashSet<QueueId>>,
}

impl Notices {
    pub(super) fn new(catalogue: Arc<dyn Catalogue>, seat_maps: Arc<SeatMaps>, clock: Arc<dyn Clock>) -> Self {
        Self { catalogue, seat_maps, clock, queues: ArcSwap::default(), availabilities: ArcSwap::default(), sold_out: ArcSwap::default() }
    }

    /// The queue as it was when it was last read.
    pub(super) fn queue(&self, id: QueueId) -> Option<Arc<Versioned<Queue>>> {
        self.queues.load().get(&id).cloned()
    }

    /// Which queues there were when they were last read.
    pub(super) fn queues(&self) -> Vec<QueueId> {
        self.queues.load().keys().copied().collect()
    }

    /// How much of the concert is left; none if it isn't known.
    pub(super) fn availability(&self, concert: ConcertId) -> Option<Availability> {
        self.availabilities.load().get(&concert).copied()
    }

    /// Reads the queues; which there are.
    pub(super) async fn read_queues(&self) -> Result<Vec<QueueId>, Error> {
        let queues = self.catalogue.queues().await?;
        let ids = queues.iter().map(|queue| queue.id).collect();
        for queue in queues {
            self.keep(queue);
        }
        Ok(ids)
    }

    /// Takes the queue in, unless a newer version is known. Queues are never deleted.
    pub(super) fn keep(&self, queue: Versioned<Queue>) {
        if self.queue(queue.id).is_none_or(|known| known.version < queue.version) {
            let queue = Arc::new(queue);
            self.queues.rcu(|queues| {
                let newer = |known: &Arc<Versioned<Queue>>| queue.version <= known.version;
                let mut queues = HashMap::clone(queues);
                if !queues.get(&queue.id).is_some_and(newer) {
                    queues.insert(queue.id, queue.clone());
                }
                queues
            });
        }
    }

    /// Whether nothing is left of all that people wait for in this concert's own line: nobody is admitted there.
    pub(super) fn has_nothing_left(&self, queue: QueueId) -> bool {
        queue != Queue::DEFAULT && self.sold_out.load().contains(&queue)
    }

    /// Counts what is left of `concerts`, which people wait for in these lines. What can't be counted is left as it was.
    pub(super) async fn count_seats(&self, concerts: &[(QueueId, ConcertId)]) -> Result<(), Error> {
        let (before, mut left, mut failed) = (self.availabilities.load_full(), HashMap::with_capacity(concerts.len()), None);
        for (_, concert) in concerts {
            match self.stock(*concert).await {
                Ok(stock) => left.insert(*concert, stock.availability()),
                Err(error) => {
                    failed = Some(error);
                    before.get(concert).and_then(|availability| left.insert(*concert, *availability))
                }
            };
        }
        let is_sold_out = |concert| left.get(concert) == Some(&Availability::SoldOut);
        let mut sold_out: HashSet<_> = concerts.iter().map(|(queue, _)| *queue).collect();
        for (queue, _) in concerts.iter().filter(|(_, concert)| !is_sold_out(concert)) {
            sold_out.remove(queue);
        }
        self.sold_out.store(Arc::new(sold_out));
        self.availabilities.store(Arc::new(left));
        failed.map_or(Ok(()), Err)
    }

    async fn stock(&self, concert: ConcertId) -> Result<Stock, Error> {
        let mut stock = Stock::default();
        for date in self.catalogue.schedules(concert).await? {
            if date.cancelled_at.is_none() && self.clock.now() < date.sale_closes_at {
                stock = stock.and(self.seat_maps.map(date.id).await?.stock());
            }
        }
        Ok(stock)
    }
}
