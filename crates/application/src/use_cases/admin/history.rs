//! The recent history of a concert's sale.

use std::sync::Arc;

use domain::{ConcertId, Refusal};

use crate::sales_history::History;
use crate::{CatalogueModel, Error, SalesHistory};

/// Reads what has happened in the last hour.
#[derive(Clone)]
pub struct ReadHistory {
    catalogue: Arc<CatalogueModel>,
    history: Arc<SalesHistory>,
}

impl ReadHistory {
    /// Creates the use case.
    #[must_use]
    pub const fn new(catalogue: Arc<CatalogueModel>, history: Arc<SalesHistory>) -> Self {
        Self { catalogue, history }
    }

    /// Returns the last `buckets` buckets of all schedules of a concert, and of its queue.
    pub async fn concert(&self, id: ConcertId, buckets: usize) -> Result<History, Error> {
        let found = self.catalogue.concert_schedules(id).await?.ok_or(Refusal::NotFound)?;
        let schedules: Vec<_> = found.schedules.iter().map(|schedule| schedule.id()).collect();
        self.history.of(&schedules, found.concert.queue(), buckets).await
    }

    /// Counts a request that this process answered with 503.
    pub fn count_unavailable(&self) {
        self.history.count_unavailable();
    }
}
