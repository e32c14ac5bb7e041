//! Rendered boards: each is rendered at most once per second and shared by all requests.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use application::use_cases::PollToken;
use application::waiting_room::Board;
use domain::QueueId;
use quick_cache::sync::Cache;
use time::OffsetDateTime;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::body::BoardBody;
use crate::problem::Problem;
use crate::response::{Tag, json};

/// How long a page is returned before it is rendered again: the `max-age` of the response.
const MAX_AGE: Duration = Duration::from_secs(1);
/// The maximum number of pages in memory, of a few KB each; the least used are evicted first.
const MAX_PAGES: usize = 1_000;

/// A rendered board.
#[derive(Clone)]
pub(super) struct BoardPage {
    pub(super) json: Bytes,
    pub(super) tag: Tag,
}

/// The newest page of a queue, and when it was rendered. Requests that arrive while it is rendered wait for it.
type Newest = Arc<Mutex<Option<(Instant, BoardPage)>>>;

/// The rendered boards.
pub(crate) struct BoardPages(Cache<QueueId, Newest>);

impl BoardPages {
    /// Creates an empty set of pages.
    pub(crate) fn new() -> Self {
        Self(Cache::new(MAX_PAGES))
    }

    /// Returns the page of a queue.
    pub(super) async fn page(&self, queue: QueueId, poll: &PollToken, runtime: &Handle) -> Result<BoardPage, Problem> {
        // Only queues that exist take memory.
        poll.queue_row(queue).ok_or_else(Problem::not_found)?;
        let Ok(newest) = self.0.get_or_insert_with(&queue, || Ok::<_, std::convert::Infallible>(Newest::default()));
        let mut newest = newest.lock().await;
        if let Some((_, page)) = newest.as_ref().filter(|(rendered_at, _)| rendered_at.elapsed() < MAX_AGE) {
            return Ok(page.clone());
        }
        let poll = poll.clone();
        // On another thread, since the numbers of all waiting users are read.
        let page = runtime.spawn_blocking(move || render(&poll.board(queue).map_err(|_| Problem::not_found())?)).await;
        let page = page.unwrap_or_else(|_| Err(Problem::internal()))?;
        *newest = Some((Instant::now(), page.clone()));
        Ok(page)
    }
}

fn render(board: &Board) -> Result<BoardPage, Problem> {
    let now = board.now;
    // The tag doesn't depend on the instant.
    let tag = Tag::of(&json(&BoardBody::new(board, OffsetDateTime::UNIX_EPOCH))?);
    Ok(BoardPage { json: json(&BoardBody::new(board, now))?.into(), tag })
}
