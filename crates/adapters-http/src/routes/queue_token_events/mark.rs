//! The state that a stream reports at one instant, and the events that lead a client to it from the state that it knows.
//!
//! ```text
//!   WAITING.4211.GOOD;PAUSED.5f1d3a20      the id of an event: the state of the token; the state and a digest of the message of the queue
//! ```

use std::fmt;
use std::sync::Arc;

use application::waiting_room::TokenView;
use domain::{Queue, QueueState, TokenId, TokenStatus, UserId, Versioned};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::api::Api;
use crate::problem::Problem;
use crate::response::{EventState, QueueStateBody, TokenBody, TokenStateBody, json};

/// The name of an active token's status, with which the ids of its events begin.
const ACTIVE: &str = "ACTIVE.";

/// The state of a queue that its events report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct QueueMark {
    state: QueueState,
    /// The first bytes of the message's digest.
    message: Option<u32>,
}

/// The state of a token and its queue, as event ids contain it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    token: EventState,
    /// None if the queue isn't known.
    queue: Option<QueueMark>,
}

/// The state that a client knows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known<'a> {
    /// Nothing.
    Nothing,
    /// The state of the event with this id, which another connection received.
    Id(&'a str),
    /// The state that this connection sent last.
    Sent(Mark),
}

/// A token and its queue at one instant.
pub(super) struct Snapshot {
    pub(super) place: TokenView,
    queue: Option<Arc<Versioned<Queue>>>,
}

/// The news of a queue: the data of a `queue` event.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueNews)]
pub(crate) struct QueueNewsBody {
    state: QueueStateBody,
    /// The message to waiting users; null if there is none.
    message: Option<String>,
}

impl Mark {
    /// Returns whether no event can follow.
    pub(super) const fn is_final(self) -> bool {
        match self.token.status {
            TokenStatus::Waiting | TokenStatus::Active => false,
            TokenStatus::Expired(_) => true,
        }
    }
}

impl Known<'_> {
    /// Returns the name of the event of the token that the client doesn't know yet.
    fn next_token_event(self, mark: Mark) -> Option<&'static str> {
        let (is_known, was_active) = match self {
            Known::Nothing => (false, false),
            Known::Id(id) => {
                let token = id.split_once(';').map_or(id, |(token, _)| token);
                (token == mark.token.to_string(), token.starts_with(ACTIVE))
            }
            Known::Sent(sent) => (sent.token == mark.token, sent.token.status == TokenStatus::Active),
        };
        let name = match mark.token.status {
            TokenStatus::Waiting => "position",
            TokenStatus::Active if was_active => "extended",
            TokenStatus::Active => "activated",
            TokenStatus::Expired(_) => "expired",
        };
        (!is_known).then_some(name)
    }

    /// Returns the state of the queue that the client knows.
    fn queue(self, current: QueueMark) -> Option<QueueMark> {
        match self {
            Known::Nothing => None,
            Known::Id(id) => id.split_once(';').is_some_and(|(_, queue)| queue == current.to_string()).then_some(current),
            Known::Sent(sent) => sent.queue,
        }
    }
}

impl Snapshot {
    /// Reads the token and its queue, nearly always from memory.
    pub(super) async fn read(api: &Api, user: UserId, id: TokenId) -> Result<Self, Problem> {
        let place = match api.use_cases.poll.known(user, id) {
            Some(place) => place,
            // Boxed, since each open stream reserves space for the future.
            None => Box::pin(api.run(|use_cases| async move { use_cases.poll.token(user, id).await })).await?,
        };
        let queue = api.use_cases.poll.queue_row(place.token.queue());
        Ok(Self { place, queue })
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { token: EventState::of(&self.place), queue: self.queue.as_deref().map(|queue| QueueMark::of(queue)) }
    }

    /// Renders the events that the client doesn't know yet; none if it knows the state. With `discloses_token`, they contain the token's id.
    pub(super) fn events(&self, known: Known<'_>, discloses_token: bool) -> Result<Option<Vec<u8>>, Problem> {
        let mark = self.mark();
        let token_event = known.next_token_event(mark);
        let queue_news = self.queue.as_deref().zip(mark.queue).filter(|(_, current)| known.queue(*current) != Some(*current));
        // The state of the queue no longer matters to a user whose token has ended.
        let queue_news = queue_news.filter(|_| !mark.is_final());
        let mut events = Vec::new();
        if let Some(name) = token_event {
            // If the connection breaks after this event, the client doesn't know the queue's news yet.
            let queue = if queue_news.is_some() { mark.queue.and_then(|current| known.queue(current)) } else { mark.queue };
            let mark = Mark { queue, ..mark };
            if discloses_token {
                write_event(&mut events, name, mark, &TokenBody::new(&self.place))?;
            } else {
                write_event(&mut events, name, mark, &TokenStateBody::new(&self.place))?;
            }
        }
        if let Some((queue, _)) = queue_news {
            write_event(
                &mut events,
                "queue",
                mark,
                &QueueNewsBody { state: queue.state().into(), message: queue.message().map(str::to_owned) },
            )?;
        }
        Ok((!events.is_empty()).then_some(events))
    }
}

impl QueueMark {
    fn of(queue: &Queue) -> Self {
        let digest = |message: &str| {
            let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(message));
            u32::from_be_bytes([a, b, c, d])
        };
        Self { state: queue.state(), message: queue.message().map(digest) }
    }
}

fn write_event(events: &mut Vec<u8>, name: &str, id: Mark, data: &impl Serialize) -> Result<(), Problem> {
    events.extend_from_slice(format!("event: {name}\nid: {id}\ndata: ").as_bytes());
    events.extend(json(data)?);
    events.extend_from_slice(b"\n\n");
    Ok(())
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.token.fmt(f)?;
        self.queue.map_or(Ok(()), |queue| write!(f, ";{queue}"))
    }
}

impl fmt::Display for QueueMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state {
            QueueState::Open => "OPEN",
            QueueState::Paused => "PAUSED",
            QueueState::Closed => "CLOSED",
        })?;
        self.message.map_or(Ok(()), |message| write!(f, ".{message:08x}"))
    }
}
