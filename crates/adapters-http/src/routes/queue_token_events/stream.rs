//! One client's event stream.

use std::time::Duration;

use actix_web::web::Bytes;
use application::waiting_room::{Listener, TokenView};
use domain::{TokenId, TokenStatus, UserId};
use time::OffsetDateTime;
use tokio::time::{Instant, sleep_until};

use super::streams::Permit;
use crate::api::Api;
use crate::problem::Problem;
use crate::response::{EventState, TokenBody, json};

pub(in crate::routes) const HEARTBEAT: &[u8] = b":\n\n";
/// Clients reconnect after 1 to 5 s, not all at once: the minimum, and the spread for each of 256 steps.
const RECONNECT_AFTER_MILLISECONDS: (u32, u32) = (1_000, 16);
/// The clock for deadlines may lag this far behind the timer that a stream sleeps by.
const DEADLINE_MARGIN: Duration = Duration::from_millis(2);

/// Returns whether no event can follow.
pub(super) const fn is_final(mark: EventState) -> bool {
    match mark.status {
        TokenStatus::Waiting | TokenStatus::Active => false,
        TokenStatus::Expired(_) => true,
    }
}

/// Reads the state of the token, nearly always from memory.
pub(super) async fn read_place(api: &Api, user: UserId, id: TokenId) -> Result<TokenView, Problem> {
    match api.use_cases.poll.known(user, id) {
        Some(place) => Ok(place),
        // Boxed, since each open stream reserves space for the future.
        None => Box::pin(api.run(|use_cases| async move { use_cases.poll.token(user, id).await })).await,
    }
}

/// Returns when to read the token again if it isn't reported as changed before.
fn next_read_at(place: &TokenView) -> Instant {
    let until = |at: OffsetDateTime| Duration::try_from(at - place.now).unwrap_or_default() + DEADLINE_MARGIN;
    let hint = Duration::try_from(place.poll_after).unwrap_or_default();
    Instant::now() + place.token.expires_at().map_or(hint, |at| hint.min(until(at)))
}

/// One client's event stream. Thousands are open at once, so it is small.
pub(super) struct Stream {
    user: UserId,
    id: TokenId,
    listener: Listener,
    /// The first frame.
    first: Option<Bytes>,
    last_sent: EventState,
    next_read_at: Instant,
    last_sent_at: Instant,
    ends_at: Instant,
    api: Api,
    _permit: Permit,
}

impl Stream {
    /// Creates the stream of a token in the state `place`, with a lifetime of at most `lifetime`. `first` is sent first.
    pub(super) fn new(
        api: Api,
        user: UserId,
        listener: Listener,
        place: &TokenView,
        first: Option<Bytes>,
        lifetime: Duration,
        permit: Permit,
    ) -> Box<Self> {
        let now = Instant::now();
        Box::new(Self {
            user,
            id: place.token.id(),
            listener,
            first,
            last_sent: EventState::of(place),
            next_read_at: next_read_at(place),
            last_sent_at: now,
            ends_at: now + lifetime,
            api,
            _permit: permit,
        })
    }

    /// Returns the next frame; none at the end of the stream.
    pub(super) async fn next(mut self: Box<Self>) -> Option<(Bytes, Box<Self>)> {
        if let Some(first) = self.first.take() {
            return Some((first, self));
        }
        while !is_final(self.last_sent) && self.sleep().await {
            // On an error the stream ends, and the client reconnects.
            let place = read_place(&self.api, self.user, self.id).await.ok()?;
            let (mark, now) = (EventState::of(&place), Instant::now());
            self.next_read_at = next_read_at(&place);
            let frame = if self.last_sent != mark {
                Bytes::from(event(mark, &place).ok()?)
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
    async fn sleep(&self) -> bool {
        tokio::select! {
            biased;
            () = self.api.closing.cancelled() => false,
            () = self.listener.news() => Instant::now() < self.ends_at,
            () = sleep_until(self.next_read_at.min(self.heartbeat_at()).min(self.ends_at)) => Instant::now() < self.ends_at,
        }
    }
}

/// Returns the line of the first event with the reconnection time.
pub(in crate::routes) fn reconnect_after(id: TokenId) -> String {
    let (min, spread) = RECONNECT_AFTER_MILLISECONDS;
    format!("retry: {}\n", min + spread * u32::from(id.0.as_bytes()[13]))
}

/// Renders the event for `place`.
pub(super) fn event(mark: EventState, place: &TokenView) -> Result<Vec<u8>, Problem> {
    let name = match mark.status {
        TokenStatus::Waiting => "position",
        TokenStatus::Active => "activated",
        TokenStatus::Expired(_) => "expired",
    };
    let mut event = format!("event: {name}\nid: {mark}\ndata: ").into_bytes();
    event.extend(json(&TokenBody::new(place))?);
    event.extend_from_slice(b"\n\n");
    Ok(event)
}
