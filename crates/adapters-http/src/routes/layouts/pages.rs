//! Rendered layouts: each is rendered and compressed once. The least recently used ones are removed when all together exceed their memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::{HashedLayout, MemoryMetrics, Recency};
use domain::{Currency, LayoutHash};
use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use super::body::LayoutBody;
use crate::problem::Problem;
use crate::response::{CompressedJson, Tag, json};

/// The estimated size of a page in addition to its content.
const PAGE_BYTES: usize = 512;

/// A rendered layout.
#[derive(Clone)]
pub(super) struct LayoutPage {
    pub(super) content: CompressedJson,
    pub(super) tag: Tag,
}

/// The rendered layouts.
pub(crate) struct LayoutPages {
    pages: Mutex<Pages>,
    metrics: MemoryMetrics,
}

struct Pages {
    by_hash: HashMap<LayoutHash, Arc<OnceCell<LayoutPage>>>,
    recency: Recency<LayoutHash>,
}

impl LayoutPages {
    /// Creates an empty set of pages of at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        let pages = Pages { by_hash: HashMap::new(), recency: Recency::new(limit) };
        Self { pages: Mutex::new(pages), metrics: MemoryMetrics::new("layout_pages", limit) }
    }

    /// Returns the page of a layout; the first request for it renders it.
    pub(super) async fn page(&self, layout: Arc<HashedLayout>, currency: Currency, runtime: &Handle) -> Result<LayoutPage, Problem> {
        let hash = layout.hash;
        let cell = {
            let mut pages = self.pages();
            pages.recency.touch(hash);
            pages.by_hash.entry(hash).or_default().clone()
        };
        if let Some(page) = cell.get() {
            self.metrics.hit();
            return Ok(page.clone());
        }
        self.metrics.miss();
        let page = cell.get_or_try_init(|| render(layout, currency, runtime)).await?.clone();
        self.weigh(hash, &cell, page.content.bytes() + PAGE_BYTES);
        Ok(page)
    }

    /// Adds a rendered page to those in memory, and removes others if all don't fit.
    fn weigh(&self, hash: LayoutHash, rendered: &Arc<OnceCell<LayoutPage>>, bytes: usize) {
        let mut pages = self.pages();
        if !pages.by_hash.get(&hash).is_some_and(|cell| Arc::ptr_eq(cell, rendered)) {
            return;
        }
        let evicted = pages.recency.set(hash, bytes);
        for least in &evicted {
            pages.by_hash.remove(least);
        }
        self.metrics.evict(evicted.len());
        self.metrics.set_bytes(pages.recency.bytes());
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn render(layout: Arc<HashedLayout>, currency: Currency, runtime: &Handle) -> Result<LayoutPage, Problem> {
    let render = move || {
        let content = CompressedJson::new(json(&LayoutBody::new(&layout, currency))?)?;
        Ok(LayoutPage { tag: Tag::readable(layout.hash), content })
    };
    runtime.spawn_blocking(render).await.unwrap_or_else(|_| Err(Problem::internal()))
}

#[cfg(test)]
mod tests {
    use domain::layout::{Category, Row, SeatKind, Section};
    use domain::testing::won;
    use domain::{Layout, SeatNumber, Title};

    use super::*;

    fn title(text: &str) -> Title {
        Title::new(text).expect("a title")
    }

    /// Returns a hall of sections with 25 rows of 40 seats.
    fn a_hall(sections: u32) -> Arc<HashedLayout> {
        let categories: Vec<_> = [60_000, 90_000, 150_000].map(|price| Category::of_price(won(price)).expect("a category")).into();
        let number = |number| SeatNumber::new(number).expect("a number");
        let row = |section: u32, row: u32| Row {
            name: title(&row.to_string()),
            from: number((section * 25 + row) * 40 + 1),
            to: number((section * 25 + row) * 40 + 40),
            first_place: 1,
            category: categories[(row / 10) as usize].id.clone(),
            kind: if row == 24 { SeatKind::Accessible } else { SeatKind::Regular },
            label: title(Layout::LABEL),
            curve: None,
        };
        let section = |section: u32| Section {
            name: title(&format!("Block {section}")),
            outline: None,
            rows: (0..25).map(|at| row(section, at)).collect(),
        };
        Arc::new(Layout { sections: (0..sections).map(section).collect(), categories, stage: None }.into())
    }

    async fn page(pages: &LayoutPages, layout: &Arc<HashedLayout>) -> LayoutPage {
        pages.page(layout.clone(), "KRW".parse().expect("a currency"), &Handle::current()).await.expect("a page")
    }

    #[tokio::test]
    async fn a_layout_of_50000_seats_is_small_when_compressed() {
        let page = page(&LayoutPages::new(1 << 20), &a_hall(50)).await;
        let (plain, gzip) = (page.content.body(false).len(), page.content.body(true).len());
        println!("a layout of 50,000 seats: {plain} bytes, {gzip} compressed");
        assert!(plain < 160_000 && gzip < 20_000, "{plain} bytes, {gzip} compressed");
    }

    #[tokio::test]
    async fn a_layout_is_rendered_once_and_pages_stay_within_their_bytes() {
        let (small, other) = (a_hall(1), a_hall(2));
        let first = page(&LayoutPages::new(1 << 20), &small).await;
        let pages = LayoutPages::new(first.content.bytes() + PAGE_BYTES);
        let (one, two) = (page(&pages, &small).await, page(&pages, &small).await);
        assert_eq!(one.content.json.as_ptr(), two.content.json.as_ptr(), "shared");
        page(&pages, &other).await;
        assert!(pages.pages().recency.is_empty() && pages.pages().by_hash.is_empty(), "the larger page fits nowhere");
    }
}
