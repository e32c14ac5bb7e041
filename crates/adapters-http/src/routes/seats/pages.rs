//! Rendered seat maps: each version is rendered once and shared by all requests for it. The least recently used pages are removed when all
//! together exceed their memory.
//!
//! The map of a large hall has megabytes, and each hold makes another version of it. So a page is compressed at most once per second, for
//! clients that accept gzip; until then, the page of a newer version is sent as it is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use actix_web::web::Bytes;
use application::{HashedLayout, MemoryMetrics, Recency, SeatMap};
use domain::{Currency, Layout, LayoutHash, ScheduleId};
use flate2::Compression;
use tokio::runtime::Handle;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::body::{SeatBody, SeatMapBody};
use crate::problem::Problem;
use crate::response::{MoneyBody, SeatStatusBody, Tag, gzip, json, seat_status};

/// The number of seats from which a page is rendered on another thread, so that other requests don't wait for it.
const MANY_SEATS: usize = 1_000;
/// The estimated size of a page in addition to its text.
const PAGE_BYTES: usize = 512;
/// The number of bytes from which a page is compressed on another thread.
const MANY_BYTES: usize = 1 << 16;
/// How often the pages of one schedule and filter are compressed at most.
const COMPRESS_INTERVAL: Duration = Duration::from_secs(1);

/// A rendered seat map.
#[derive(Clone)]
pub(super) struct SeatPage {
    pub(super) json: Bytes,
    pub(super) tag: Tag,
    /// The compressed JSON, once it was requested.
    gzip: Arc<OnceLock<Bytes>>,
}

/// What identifies the content of a page: the version of the map, the number of its lapsed holds, and the layout.
type Version = (u64, u32, LayoutHash);

/// What a page shows.
type Key = (ScheduleId, Option<SeatStatusBody>);

/// The rendered seat maps: the newest of each schedule and filter.
pub(crate) struct SeatPages {
    pages: Mutex<Pages>,
    metrics: MemoryMetrics,
}

struct Pages {
    newest: HashMap<Key, Versioned>,
    recency: Recency<Key>,
}

/// The page of a version, which is rendered by the first request for it.
#[derive(Clone)]
struct Versioned {
    version: Version,
    page: Arc<OnceCell<SeatPage>>,
    /// When a page of this schedule and filter was last compressed.
    compressed_at: Option<Instant>,
}

impl Versioned {
    fn new(version: Version) -> Self {
        Self { version, page: Arc::default(), compressed_at: None }
    }
}

impl SeatPages {
    /// Creates an empty set of pages of at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        let pages = Pages { newest: HashMap::new(), recency: Recency::new(limit) };
        Self { pages: Mutex::new(pages), metrics: MemoryMetrics::new("seat_pages", limit) }
    }

    /// Returns the page of a schedule, rendered anew if its seats have changed.
    pub(super) async fn page(
        &self,
        key: Key,
        layout: Arc<HashedLayout>,
        map: Arc<SeatMap>,
        currency: Currency,
        runtime: &Handle,
    ) -> Result<SeatPage, Problem> {
        let versioned = self.pages().version(key, (map.version, map.lapsed, layout.hash));
        if let Some(page) = versioned.page.get() {
            self.metrics.hit();
            return Ok(page.clone());
        }
        self.metrics.miss();
        let page = versioned.page.get_or_try_init(|| render(key, layout, map, currency, runtime)).await?.clone();
        let mut pages = self.pages();
        // Another request may have compressed it meanwhile.
        let gzip_bytes = page.gzip.get().map_or(0, Bytes::len);
        self.metrics.evict(pages.weigh(key, &versioned, page.json.len() + gzip_bytes + PAGE_BYTES));
        self.metrics.set_bytes(pages.recency.bytes());
        Ok(page)
    }

    /// Returns the compressed page; none if it isn't compressed yet, and another one was within the interval.
    pub(super) async fn compressed(&self, key: Key, page: &SeatPage, runtime: &Handle) -> Result<Option<Bytes>, Problem> {
        if page.gzip.get().is_none() && self.pages().start_compressing(key, page, Instant::now()) {
            let json = page.json.clone();
            // The fastest level: the next version may follow soon.
            let compress = move || gzip(&json, Compression::fast());
            let is_small = page.json.len() < MANY_BYTES;
            let compressed =
                if is_small { compress() } else { runtime.spawn_blocking(compress).await.unwrap_or_else(|_| Err(Problem::internal())) };
            let compressed = compressed?;
            let bytes = page.gzip.get_or_init(|| compressed).len();
            let mut pages = self.pages();
            if let Some(newest) = pages.newest_as(key, page) {
                self.metrics.evict(pages.weigh(key, &newest, page.json.len() + bytes + PAGE_BYTES));
                self.metrics.set_bytes(pages.recency.bytes());
            }
        }
        Ok(page.gzip.get().cloned())
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    /// Returns the page of `version`, which replaces that of an older one.
    fn version(&mut self, key: Key, version: Version) -> Versioned {
        match self.newest.get(&key) {
            Some(newest) if newest.version == version => {
                self.recency.touch(key);
                newest.clone()
            }
            // A slow request may still have an older map, which must not replace the newer page.
            Some(newest) if version.0 < newest.version.0 => Versioned::new(version),
            older => {
                let newest = Versioned { compressed_at: older.and_then(|older| older.compressed_at), ..Versioned::new(version) };
                self.recency.remove(key);
                self.newest.insert(key, newest.clone());
                newest
            }
        }
    }

    /// Returns the newest page of a schedule and filter, if it is `page`.
    fn newest_as(&self, key: Key, page: &SeatPage) -> Option<Versioned> {
        let is_same = |newest: &&Versioned| newest.page.get().is_some_and(|newest| Arc::ptr_eq(&newest.gzip, &page.gzip));
        self.newest.get(&key).filter(is_same).cloned()
    }

    /// Returns whether to compress `page` now: it is the newest one, and none was compressed within the interval.
    fn start_compressing(&mut self, key: Key, page: &SeatPage, now: Instant) -> bool {
        let Some(newest) = self.newest_as(key, page) else { return false };
        let is_due = newest.compressed_at.is_none_or(|at| COMPRESS_INTERVAL <= now.duration_since(at));
        if is_due {
            self.newest.insert(key, Versioned { compressed_at: Some(now), ..newest });
        }
        is_due
    }

    /// Adds a rendered page to those in memory, removes others if all don't fit, and returns how many.
    fn weigh(&mut self, key: Key, rendered: &Versioned, bytes: usize) -> usize {
        if !self.newest.get(&key).is_some_and(|newest| Arc::ptr_eq(&newest.page, &rendered.page)) {
            return 0;
        }
        let evicted = self.recency.set(key, bytes);
        for least in &evicted {
            self.newest.remove(least);
        }
        evicted.len()
    }
}

async fn render(key: Key, layout: Arc<HashedLayout>, map: Arc<SeatMap>, currency: Currency, runtime: &Handle) -> Result<SeatPage, Problem> {
    let is_small = map.seats.len() < MANY_SEATS;
    let render = move || {
        let json = Bytes::from(text(key, &layout.layout, &map, currency)?);
        Ok(SeatPage { tag: Tag::of(&json), json, gzip: Arc::default() })
    };
    if is_small { render() } else { runtime.spawn_blocking(render).await.unwrap_or_else(|_| Err(Problem::internal())) }
}

fn text((schedule, filter): Key, layout: &Layout, map: &SeatMap, currency: Currency) -> Result<Vec<u8>, Problem> {
    let places = layout.places();
    let seats = map.seats.iter().map(|seat| (seat, places.find(seat.number))).map(|(seat, place)| SeatBody {
        number: seat.number.get(),
        label: &seat.label,
        status: seat_status(seat.status),
        price: MoneyBody::new(seat.price, currency),
        accessible: seat.accessible,
        section: place.map(|place| place.section.name.as_str()),
        row: place.map(|place| place.row.name.as_str()),
        place: place.map(|place| place.place),
        category: place.map(|place| place.row.category.as_str()),
    });
    let seats = seats.filter(|seat| filter.is_none_or(|filter| seat.status == filter)).collect();
    json(&SeatMapBody { schedule_id: schedule.0, version: map.version, available: map.available, seats })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const LAYOUT: LayoutHash = LayoutHash([0; 32]);
    const KEY: Key = (ScheduleId(Uuid::from_u128(1)), None);
    const OTHER_KEY: Key = (ScheduleId(Uuid::from_u128(1)), Some(SeatStatusBody::Held));

    fn pages(limit: usize) -> Pages {
        Pages { newest: HashMap::new(), recency: Recency::new(limit) }
    }

    fn is_same(one: &Versioned, other: &Versioned) -> bool {
        Arc::ptr_eq(&one.page, &other.page)
    }

    #[test]
    fn requests_for_one_version_share_a_page_and_an_older_map_does_not_replace_a_newer_one() {
        let mut pages = pages(100);
        let old = pages.version(KEY, (7, 0, LAYOUT));
        assert!(is_same(&old, &pages.version(KEY, (7, 0, LAYOUT))));
        let new = pages.version(KEY, (8, 0, LAYOUT));
        assert!(!is_same(&old, &new) && !is_same(&new, &pages.version(KEY, (7, 0, LAYOUT))));
        assert!(is_same(&new, &pages.version(KEY, (8, 0, LAYOUT))));
        assert_eq!((pages.weigh(KEY, &old, 10), pages.recency.bytes()), (0, 0), "the old page is no longer kept");
        assert!(!is_same(&new, &pages.version(KEY, (8, 1, LAYOUT))), "a hold has lapsed");
    }

    #[test]
    fn of_the_versions_of_a_second_one_is_compressed() {
        let mut pages = pages(100);
        let start = Instant::now();
        let page = |pages: &mut Pages, version| {
            let page = SeatPage { json: Bytes::new(), tag: Tag::of(&[]), gzip: Arc::default() };
            assert!(pages.version(KEY, (version, 0, LAYOUT)).page.set(page.clone()).is_ok());
            page
        };
        let first = page(&mut pages, 1);
        assert!(pages.start_compressing(KEY, &first, start));
        let second = page(&mut pages, 2);
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        assert!(!pages.start_compressing(KEY, &first, at(2_000)), "it is outdated");
        assert_eq!([0, 999, 1_000, 1_000].map(|after| pages.start_compressing(KEY, &second, at(after))), [false, false, true, false]);
    }

    #[test]
    fn pages_stay_within_their_bytes() {
        let mut pages = pages(100);
        for (key, bytes, evicted) in [(KEY, 60, 0), (OTHER_KEY, 60, 1), (KEY, 40, 0), (OTHER_KEY, 61, 1), (KEY, 101, 2)] {
            let rendered = pages.version(key, (1, 0, LAYOUT));
            assert_eq!(pages.weigh(key, &rendered, bytes), evicted, "{bytes} bytes");
            assert!(pages.recency.bytes() <= 100 && pages.newest.len() <= 2);
        }
        assert!(pages.newest.is_empty());
    }
}
