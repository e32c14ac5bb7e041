//! The notices of the waiting room: the queues with their policies, and the availability of the concerts that users wait for. They are
//! derived from the catalogue and the seat maps periodically.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use arc_swap::ArcSwap;
use domain::{Availability, ConcertId, Offer, Queue, QueueId, Sale, Stock, Versioned};

use crate::ports::Clock;
use crate::{CatalogueModel, Error, SeatMaps};

pub(super) struct Notices {
    catalogue: Arc<CatalogueModel>,
    seat_maps: Arc<SeatMaps>,
    clock: Arc<dyn Clock>,
    availabilities: ArcSwap<HashMap<ConcertId, Availability>>,
    shut: ArcSwap<HashSet<QueueId>>,
}

/// The offers of a concert.
#[derive(Default)]
struct ConcertOffers {
    offers: Vec<Offer>,
    /// The seats of the schedules that are on sale.
    on_sale: Stock,
}

impl Notices {
    pub(super) fn new(catalogue: Arc<CatalogueModel>, seat_maps: Arc<SeatMaps>, clock: Arc<dyn Clock>) -> Self {
        Self { catalogue, seat_maps, clock, availabilities: ArcSwap::default(), shut: ArcSwap::default() }
    }

    /// Returns the queue.
    pub(super) fn queue(&self, id: QueueId) -> Option<Arc<Versioned<Queue>>> {
        self.catalogue.queue(id)
    }

    /// Returns all queues.
    pub(super) fn queues(&self) -> Vec<QueueId> {
        self.catalogue.queues()
    }

    /// Returns the availability of the concert; none if unknown.
    pub(super) fn availability(&self, concert: ConcertId) -> Option<Availability> {
        self.availabilities.load().get(&concert).copied()
    }

    /// Reads the rows of the catalogue that may have changed without being applied.
    pub(super) async fn refresh_catalogue(&self) -> Result<(), Error> {
        self.catalogue.refresh().await
    }

    /// Whether the queue admits no users because it serves only certain concerts whose sale isn't open.
    pub(super) fn is_shut(&self, queue: QueueId) -> bool {
        self.shut.load().contains(&queue)
    }

    /// Refreshes the availability of the concerts that users wait for in these queues, and whether the queues are shut. State that can't be
    /// read is left unchanged.
    pub(super) async fn refresh_sales(&self, waited_for: &BTreeSet<(QueueId, ConcertId)>) -> Result<(), Error> {
        let (mut known, mut failed) = (HashMap::new(), None);
        let mut shut = HashSet::new();
        let own: BTreeSet<QueueId> = waited_for.iter().map(|(queue, _)| *queue).filter(|queue| *queue != Queue::DEFAULT).collect();
        for queue in own {
            let is_shut = self.read_is_shut(queue, &mut known).await.unwrap_or_else(|error| {
                failed = Some(error);
                self.is_shut(queue)
            });
            if is_shut {
                shut.insert(queue);
            }
        }
        let (before, mut availabilities) = (self.availabilities.load_full(), HashMap::with_capacity(waited_for.len()));
        for (_, concert) in waited_for {
            match self.concert_offers(*concert, &mut known).await {
                Ok(ConcertOffers { offers, on_sale }) => {
                    availabilities.insert(*concert, Sale::of(offers, self.clock.now()).availability(*on_sale))
                }
                Err(error) => {
                    failed = Some(error);
                    before.get(concert).and_then(|availability| availabilities.insert(*concert, *availability))
                }
            };
        }
        self.shut.store(Arc::new(shut));
        self.availabilities.store(Arc::new(availabilities));
        failed.map_or(Ok(()), Err)
    }

    /// Whether no sale of the queue's concerts is open, by the rule of the tick.
    async fn read_is_shut(&self, queue: QueueId, known: &mut HashMap<ConcertId, ConcertOffers>) -> Result<bool, Error> {
        let concerts = self.catalogue.concerts_of(queue).await?;
        let mut offers = Vec::new();
        for concert in &concerts {
            offers.extend_from_slice(&self.concert_offers(concert.id(), known).await?.offers);
        }
        Ok(!concerts.is_empty() && !Sale::of(&offers, self.clock.now()).is_open())
    }

    /// Returns the offers of a concert, which are read once.
    async fn concert_offers<'a>(
        &self,
        concert: ConcertId,
        known: &'a mut HashMap<ConcertId, ConcertOffers>,
    ) -> Result<&'a ConcertOffers, Error> {
        Ok(match known.entry(concert) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.read_concert_offers(concert).await?),
        })
    }

    async fn read_concert_offers(&self, concert: ConcertId) -> Result<ConcertOffers, Error> {
        let mut concert_offers = ConcertOffers::default();
        for schedule in self.catalogue.schedules(concert).await? {
            // Only schedules on sale are counted, so the seats of other schedules aren't loaded into memory.
            let stock = if schedule.is_on_sale(self.clock.now()) { self.seat_maps.stock(&schedule).await? } else { Stock::default() };
            concert_offers.on_sale = concert_offers.on_sale.and(stock);
            concert_offers.offers.push(Offer { schedule: schedule.row, has_seats: stock.has_seats() });
        }
        Ok(concert_offers)
    }
}
