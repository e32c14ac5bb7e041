//! The rankings in memory: made from the sales in the store, when they are requested and at most every five seconds.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use domain::{Rankings, sales};
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;

use crate::Error;
use crate::ports::Sales;

/// How long rankings are used.
const KEEP: Duration = Duration::seconds(5);
/// The maximum number of schedules that are ranked: those with the latest payments.
const MAX_SCHEDULES: u32 = 10_000;

/// The current rankings.
pub struct RecentSales {
    store: Arc<dyn Sales>,
    made: ArcSwapOption<Made>,
    making: Mutex<()>,
}

struct Made {
    at: OffsetDateTime,
    rankings: Arc<Rankings>,
}

impl RecentSales {
    /// Creates rankings that are read from `store` at the first request.
    #[must_use]
    pub fn new(store: Arc<dyn Sales>) -> Self {
        Self { store, made: ArcSwapOption::empty(), making: Mutex::default() }
    }

    /// Returns the rankings, at most some seconds old. While one request reads them, others get the previous ones, and so do all while the
    /// store can't be read.
    pub async fn rankings(&self, now: OffsetDateTime) -> Result<Arc<Rankings>, Error> {
        if let Some(current) = self.current(now) {
            return Ok(current);
        }
        let last = self.made.load_full();
        let _one_at_a_time = match (self.making.try_lock(), &last) {
            (Ok(guard), _) => guard,
            (Err(_), Some(last)) => return Ok(last.rankings.clone()),
            (Err(_), None) => self.making.lock().await,
        };
        if let Some(current) = self.current(now) {
            return Ok(current);
        }
        match self.store.recent_sales(now - sales::RANKED, MAX_SCHEDULES).await {
            Ok(found) => {
                let rankings = Arc::new(Rankings::of(&found, now));
                self.made.store(Some(Arc::new(Made { at: now, rankings: rankings.clone() })));
                Ok(rankings)
            }
            Err(error) => last.map(|last| last.rankings.clone()).ok_or_else(|| error.into()),
        }
    }

    fn current(&self, now: OffsetDateTime) -> Option<Arc<Rankings>> {
        let made = self.made.load_full()?;
        (made.at..made.at + KEEP).contains(&now).then(|| made.rankings.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use domain::testing::{CONCERT, NOW, SCHEDULE};
    use domain::{PaidSeats, SalesEvent};

    use super::*;
    use crate::ports::{MockSales, ReadError};

    /// Returns the sales of a store in which the number of sold seats is the number of the read.
    fn a_store(is_down: &'static AtomicBool) -> RecentSales {
        static READS: AtomicU64 = AtomicU64::new(0);
        let mut sales = MockSales::new();
        sales.expect_recent_sales().returning(move |since, _| {
            if is_down.load(Ordering::SeqCst) {
                return Err(ReadError::Unavailable("no connection".into()));
            }
            assert!(since <= NOW - sales::RANKED + Duration::MINUTE);
            let count = u32::try_from(READS.fetch_add(1, Ordering::SeqCst) + 1).unwrap();
            let seats = PaidSeats { schedule: SCHEDULE, concert: CONCERT, count, paid_at: NOW };
            Ok(sales::fold([], &[SalesEvent::Paid(seats)], &std::collections::BTreeMap::new()))
        });
        RecentSales::new(Arc::new(sales))
    }

    #[tokio::test]
    async fn rankings_are_read_at_most_every_five_seconds_and_used_while_the_store_can_not_be_read() {
        static IS_DOWN: AtomicBool = AtomicBool::new(true);
        let sales = a_store(&IS_DOWN);
        let read_of = async |seconds| match sales.rankings(NOW + Duration::seconds(seconds)).await {
            Ok(rankings) => Some(rankings.popular[0].1),
            Err(_) => None,
        };
        assert_eq!(read_of(0).await, None, "nothing is known");
        IS_DOWN.store(false, Ordering::SeqCst);
        assert_eq!([read_of(0).await, read_of(4).await, read_of(5).await], [1, 1, 2].map(Some));
        let reading = sales.making.lock().await;
        assert_eq!(read_of(20).await, Some(2), "another request reads");
        drop(reading);
        IS_DOWN.store(true, Ordering::SeqCst);
        assert_eq!(read_of(20).await, Some(2));
        IS_DOWN.store(false, Ordering::SeqCst);
        assert_eq!(read_of(20).await, Some(3));
    }
}
