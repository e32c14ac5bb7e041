//! One client's event stream.

use std::time::Duration;

use actix_web::web::Bytes;
use application::waiting_room::{Listener, QueueNews, TokenView};
use domain::{TokenId, UserId};
use time::OffsetDateTime;
use tokio::time::{Instant, sleep_until};

use super::mark::{Known, Mark, Snapshot};
use super::streams::Permit;
use crate::api::Api;

pub(crate) const HEARTBEAT: &[u8] = b":\n\n";
/// Clients reconnect after 1 to 5 s, not all at once: the minimum, and the spread for each of 256 steps.
const RECONNECT_AFTER_MILLISECONDS: (u32, u32) = (1_000, 16);
/// News of a queue concern all its streams: they are sent within half a second, in 256 steps of this length, so that other requests don't
/// wait for thousands of events.
const QUEUE_NEWS_STEP: Duration = Duration::from_millis(2);
/// The clock for deadlines may lag this far behind the timer that a stream sleeps by.
const DEADLINE_MARGIN: Duration = Duration::from_millis(2);

/// Returns when to read the token again if it isn't reported as changed before.
fn next_read_at(place: &TokenView) -> Instant {
    let until = |at: OffsetDateTime| Duration::try_from(at - place.now).unwrap_or_default() + DEADLINE_MARGIN;
    let hint = Duration::try_from(place.poll_after).unwrap_or_default();
    Instant::now() + place.token.expires_at().map_or(hint, |at| hint.min(until(at)))
}

/// The reader of a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    /// The user of the token.
    pub(super) user: UserId,
    /// The token.
    pub(super) id: TokenId,
    /// When the reader's credential expires, in seconds since 1970.
    pub(super) until: i64,
    /// Whether events contain the token's id, which is a secret.
    pub(super) knows_token: bool,
}

/// The changes that wake a stream.
pub(super) struct Wakers {
    /// Changes of the token.
    pub(super) token: Listener,
    /// Changes of its queue.
    pub(super) queue: QueueNews,
}

/// One client's event stream. Thousands are open at once, so it is small.
pub(super) struct Stream {
    reader: Reader,
    wakers: Wakers,
    /// The first frame.
    first: Option<Bytes>,
    last_sent: Mark,
    next_read_at: Instant,
    last_sent_at: Instant,
    ends_at: Instant,
    api: Api,
    _permit: Permit,
}

impl Stream {
    /// Creates the stream of a token in the state `now`, with a lifetime of at most `lifetime`. `first` is sent first.
    pub(super) fn new(
        api: Api,
        reader: Reader,
        wakers: Wakers,
        now: &Snapshot,
        first: Option<Bytes>,
        lifetime: Duration,
        permit: Permit,
    ) -> Box<Self> {
        let (last_sent, next_read_at, now) = (now.mark(), next_read_at(&now.place), Instant::now());
        Box::new(Self { reader, wakers, first, last_sent, next_read_at, last_sent_at: now, ends_at: now + lifetime, api, _permit: permit })
    }

    /// Returns the next frame; none at the end of the stream.
    pub(super) async fn next(mut self: Box<Self>) -> Option<(Bytes, Box<Self>)> {
        if let Some(first) = self.first.take() {
            return Some((first, self));
        }
        while !self.last_sent.is_final() && self.sleep().await {
            // On an error the stream ends, and the client reconnects.
            let snapshot = Snapshot::read(&self.api, self.reader.user, self.reader.id).await.ok()?;
            let (mark, now) = (snapshot.mark(), Instant::now());
            self.next_read_at = next_read_at(&snapshot.place);
            let frame = if let Some(events) = snapshot.events(Known::Sent(self.last_sent), self.reader.knows_token).ok()? {
                Bytes::from(events)
            } else if self.heartbeat_at() <= now {
                Bytes::from_static(HEARTBEAT)
            } else {
                continue;
            };
            (self.last_sent, self.last_sent_at) = (mark, now);
            return Some((frame, self));
        }
        None
    }

    fn heartbeat_at(&self) -> Instant {
        self.last_sent_at + self.api.settings.streams.heartbeat
    }

    /// Sleeps until the next read is due or the token has changed. Returns whether the stream continues.
    async fn sleep(&mut self) -> bool {
        loop {
            let wake_at = self.next_read_at.min(self.heartbeat_at()).min(self.ends_at);
            tokio::select! {
                biased;
                () = self.api.closing.cancelled() => return false,
                () = self.wakers.token.news() => return Instant::now() < self.ends_at,
                () = self.wakers.queue.changed() => {
                    let step = u32::from(self.reader.id.0.as_bytes()[12]);
                    self.next_read_at = self.next_read_at.min(Instant::now() + QUEUE_NEWS_STEP * step);
                }
                () = sleep_until(wake_at) => return Instant::now() < self.ends_at,
            }
        }
    }
}

/// Returns the line of the first event with the reconnection time.
pub(crate) fn reconnect_after(id: TokenId) -> String {
    let (min, spread) = RECONNECT_AFTER_MILLISECONDS;
    format!("retry: {}\n", min + spread * u32::from(id.0.as_bytes()[13]))
}
