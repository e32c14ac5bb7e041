//! One client's stream of the availability of a schedule.
//!
//! ```text
//!   everything, or the changes since Last-Event-ID
//!      │
//!      ├─ a tick of all streams ──► the changes since the previous event, if there are any
//!      ├─ no event for a while ───► a heartbeat
//!      └─ the queue token has ended, the server stops, the access token has expired, or the stream is old ──► the end
//! ```
//!
//! All streams have their ticks at the same instants, so those of one schedule send the same event, which is rendered once. A client that
//! reads slowly misses ticks; nothing is buffered for it, and its next event has all changes since its previous one.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::web::Bytes;
use application::waiting_room::Listener;
use domain::decide::admission::Pass;
use domain::{Schedule, ScheduleId};
use tokio::time::{Instant, sleep_until};

use super::frame::{Frame, Update, Version};
use crate::api::Api;
use crate::problem::Problem;
use crate::routes::queue_token_events::{HEARTBEAT, Permit, reconnect_after};

/// The instant from which the ticks of all streams are counted.
static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

/// One client's stream.
pub(super) struct Stream {
    pass: Pass,
    schedule: ScheduleId,
    listener: Listener,
    /// The first frame, until it is sent.
    first: Option<Arc<Frame>>,
    last_sent: Option<Version>,
    last_sent_at: Instant,
    ends_at: Instant,
    api: Api,
    _permit: Permit,
}

impl Stream {
    /// Creates the stream of `schedule` with a lifetime of at most `lifetime`, for a client that has the second of the versions, if any; the
    /// first frame is sent first.
    pub(super) fn new(
        api: Api,
        pass: Pass,
        schedule: ScheduleId,
        listener: Listener,
        (first, last_sent): (Arc<Frame>, Option<Version>),
        lifetime: Duration,
        permit: Permit,
    ) -> Box<Self> {
        let now = Instant::now();
        let ends_at = now + lifetime;
        Box::new(Self { pass, schedule, listener, first: Some(first), last_sent, last_sent_at: now, ends_at, api, _permit: permit })
    }

    /// Returns the next frame; none at the end of the stream.
    pub(super) async fn next(mut self: Box<Self>) -> Option<(Bytes, Box<Self>)> {
        if let Some(first) = self.first.take() {
            let event = event_for(&first, self.last_sent, &self.api).await.ok()?;
            self.last_sent = Some(first.version);
            let retry = self.pass.token.map(reconnect_after).unwrap_or_default();
            // Without changes since the last event, the client only receives the reconnection time.
            let event = event.unwrap_or_else(|| Bytes::from_static(b"\n"));
            return Some(([retry.as_bytes(), &event[..]].concat().into(), self));
        }
        loop {
            let tick = next_tick(self.api.settings.availability.event_interval);
            if !self.sleep(tick).await {
                return None;
            }
            // On an error the stream ends, and the client reconnects.
            let frame = self.frame().await?;
            let now = Instant::now();
            let bytes = match event_for(&frame, self.last_sent, &self.api).await.ok()? {
                Some(event) if tick <= now => event,
                Some(_) | None if self.heartbeat_at() <= now => Bytes::from_static(HEARTBEAT),
                Some(_) | None => continue,
            };
            if bytes != HEARTBEAT {
                self.last_sent = Some(frame.version);
            }
            self.last_sent_at = now;
            return Some((bytes, self));
        }
    }

    /// Returns the latest frame, if the queue token still admits to the schedule.
    async fn frame(&self) -> Option<Arc<Frame>> {
        let (pass, id) = (self.pass, self.schedule);
        let schedule = match self.api.use_cases.enter.known_schedule(pass, id) {
            Some(schedule) => schedule,
            None => Box::pin(self.api.run(|use_cases| async move { use_cases.enter.schedule(pass, Some(id)).await })).await.ok()?,
        };
        Box::pin(latest(&self.api, &schedule)).await.ok()
    }

    fn heartbeat_at(&self) -> Instant {
        self.last_sent_at + self.api.settings.streams.heartbeat
    }

    /// Sleeps until `tick`, or until the queue token has changed. Returns whether the stream continues.
    async fn sleep(&self, tick: Instant) -> bool {
        tokio::select! {
            biased;
            () = self.api.closing.cancelled() => false,
            () = self.listener.news() => Instant::now() < self.ends_at,
            () = sleep_until(tick.min(self.heartbeat_at()).min(self.ends_at)) => Instant::now() < self.ends_at,
        }
    }
}

/// Returns the latest frame of `schedule`.
pub(super) async fn latest(api: &Api, schedule: &Schedule) -> Result<Arc<Frame>, Problem> {
    api.availability_pages().frame(schedule, &api.use_cases.concerts, api.settings.currency, &api.runtime).await
}

/// Returns the event for a client that has the frame `last_sent`; none if it has `frame` already.
async fn event_for(frame: &Arc<Frame>, last_sent: Option<Version>, api: &Api) -> Result<Option<Bytes>, Problem> {
    if last_sent == Some(frame.version) {
        return Ok(None);
    }
    Ok(Some(match frame.update(last_sent, &api.runtime).await? {
        Update::Changes(changes) => changes.event,
        Update::Whole(whole) => whole.event,
    }))
}

/// Returns the next instant that is a multiple of `interval` after [`EPOCH`].
fn next_tick(interval: Duration) -> Instant {
    let nanoseconds = interval.as_nanos().max(1);
    let elapsed = EPOCH.elapsed().as_nanos();
    let next = (elapsed / nanoseconds + 1) * nanoseconds;
    *EPOCH + Duration::from_nanos(u64::try_from(next).unwrap_or(u64::MAX))
}
