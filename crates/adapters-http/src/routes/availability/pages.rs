//! The latest frame of each schedule, shared by all requests and streams. A frame is rendered when one is requested and the latest is older
//! than the interval, on another thread; so a schedule that nobody looks at costs nothing, and one that many look at costs the same as one
//! that few do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use application::use_cases::Concerts;
use application::{MemoryMetrics, Recency};
use arc_swap::ArcSwapOption;
use domain::{Currency, Schedule, ScheduleId};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::frame::Frame;
use crate::problem::Problem;

/// The frames of the schedules that were requested lately.
pub(crate) struct AvailabilityPages {
    pages: Mutex<Pages>,
    interval: Duration,
    metrics: MemoryMetrics,
}

struct Pages {
    by_schedule: HashMap<ScheduleId, Arc<Page>>,
    recency: Recency<ScheduleId>,
}

#[derive(Default)]
struct Page {
    latest: ArcSwapOption<Latest>,
    /// Held while a frame is rendered: other requests wait for it.
    rendering: tokio::sync::Mutex<()>,
}

struct Latest {
    frame: Arc<Frame>,
    at: Instant,
}

impl Page {
    /// Returns the latest frame if it isn't older than `interval`.
    fn fresh(&self, interval: Duration) -> Option<Arc<Frame>> {
        let latest = self.latest.load();
        latest.as_ref().filter(|latest| latest.at.elapsed() < interval).map(|latest| latest.frame.clone())
    }
}

impl AvailabilityPages {
    /// Creates an empty set of frames of at most `limit` bytes, each of which is used for `interval`.
    pub(crate) fn new(limit: usize, interval: Duration) -> Self {
        let pages = Pages { by_schedule: HashMap::new(), recency: Recency::new(limit) };
        Self { pages: Mutex::new(pages), interval, metrics: MemoryMetrics::new("availability", limit) }
    }

    /// Returns the latest frame of `schedule`.
    pub(super) async fn frame(
        &self,
        schedule: &Schedule,
        concerts: &Concerts,
        currency: Currency,
        runtime: &Handle,
    ) -> Result<Arc<Frame>, Problem> {
        let id = schedule.id();
        let page = self.page(id);
        if let Some(frame) = page.fresh(self.interval) {
            self.metrics.hit();
            return Ok(frame);
        }
        let _one_at_a_time = page.rendering.lock().await;
        if let Some(frame) = page.fresh(self.interval) {
            self.metrics.hit();
            return Ok(frame);
        }
        self.metrics.miss();
        let at = Instant::now();
        let (schedule, concerts) = (schedule.clone(), concerts.clone());
        let read = runtime.spawn(async move {
            let layout = concerts.layout(&schedule).await?;
            Ok((layout.hash, concerts.statuses(&schedule).await?))
        });
        let read = read.await.map_err(|_| Problem::internal())?;
        let (layout, statuses) = read.map_err(|error| Problem::of(error, currency))?;
        let previous = page.latest.load_full().map(|latest| latest.frame.clone());
        let follow = move || Frame::following(previous.as_ref(), id, layout, statuses);
        let frame = runtime.spawn_blocking(follow).await.map_err(|_| Problem::internal())?;
        page.latest.store(Some(Arc::new(Latest { frame: frame.clone(), at })));
        self.weigh(id, &page, frame.bytes());
        Ok(frame)
    }

    fn page(&self, id: ScheduleId) -> Arc<Page> {
        let mut pages = self.pages();
        pages.recency.touch(id);
        pages.by_schedule.entry(id).or_default().clone()
    }

    /// Updates the size of a page, and removes others if all don't fit.
    fn weigh(&self, id: ScheduleId, rendered: &Arc<Page>, bytes: usize) {
        let mut pages = self.pages();
        if !pages.by_schedule.get(&id).is_some_and(|page| Arc::ptr_eq(page, rendered)) {
            return;
        }
        let evicted = pages.recency.set(id, bytes);
        for least in &evicted {
            pages.by_schedule.remove(least);
        }
        self.metrics.evict(evicted.len());
        self.metrics.set_bytes(pages.recency.bytes());
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
