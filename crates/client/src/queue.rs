//! Queues, the users' tokens in them, and the boards of long queues.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::call::Call;
use crate::events::ServerEvent;
use crate::ids::{ConcertId, QueueId, QueueTokenId};
use crate::text_enum::text_enum;

text_enum! {
    /// The status of a queue token.
    pub enum QueueTokenStatus {
        /// Its user waits.
        Waiting = "WAITING",
        /// Its user is admitted.
        Active = "ACTIVE",
        /// It has ended.
        Expired = "EXPIRED",
    }
}

text_enum! {
    /// Why a queue token has ended.
    pub enum ExpiredReason {
        /// Its user has paid.
        Paid = "PAID",
        /// Its time was over.
        TimedOut = "TIMED_OUT",
        /// Its user sent no request in the claim window.
        Unclaimed = "UNCLAIMED",
        /// Its user has left the queue.
        Left = "LEFT",
    }
}

text_enum! {
    /// How many seats of a concert are left.
    pub enum ConcertAvailability {
        /// Many seats are available.
        Good = "GOOD",
        /// Few seats are available.
        Low = "LOW",
        /// No seat is available.
        SoldOut = "SOLD_OUT",
        /// None of the schedules is on sale.
        SaleNotOpen = "SALE_NOT_OPEN",
        /// All future schedules are cancelled.
        Cancelled = "CANCELLED",
    }
}

text_enum! {
    /// The state of a queue.
    pub enum QueueState {
        /// It admits users.
        Open = "OPEN",
        /// It admits no user at the moment.
        Paused = "PAUSED",
        /// Users can't join it.
        Closed = "CLOSED",
    }
}

text_enum! {
    /// The name of an event of a queue token.
    pub enum QueueTokenEventName {
        /// The position or the estimated wait has changed.
        Position = "position",
        /// The user was admitted.
        Activated = "activated",
        /// The deadline of an active token was extended.
        Extended = "extended",
        /// The token has ended.
        Expired = "expired",
        /// The state or the message of the queue has changed.
        Queue = "queue",
    }
}

/// How long a user has to wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimatedWait {
    /// Whether the wait can be estimated.
    pub known: bool,
    /// The number of seconds that half of the users wait at most.
    pub p50_seconds: Option<u64>,
    /// The number of seconds that nine of ten users wait at most.
    pub p90_seconds: Option<u64>,
}

/// A user's place in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueToken {
    /// The secret id of the token; `None` in the events of a stream that was opened with a stream ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<QueueTokenId>,
    /// The queue.
    pub queue_id: QueueId,
    /// The concert that the user joined the queue for.
    pub concert_id: Option<ConcertId>,
    /// The status.
    pub status: QueueTokenStatus,
    /// Why it has ended.
    pub expired_reason: Option<ExpiredReason>,
    /// The queue number: assigned without gaps, in the order of the joins.
    pub number: u64,
    /// The position in the queue, 1 for the next user to be admitted.
    pub position: Option<u64>,
    /// The number of waiting users ahead.
    pub people_ahead: Option<u64>,
    /// How long the user has to wait.
    pub estimated_wait: EstimatedWait,
    /// The number of seconds after which to poll again.
    pub poll_after_seconds: u64,
    /// The path of the queue's board if so many users are ahead that the client should derive its position from the board.
    pub board: Option<String>,
    /// How many seats of the concert are left.
    pub availability: Option<ConcertAvailability>,
    /// When the user joined.
    #[serde(with = "time::serde::rfc3339")]
    pub joined_at: OffsetDateTime,
    /// When the user was admitted.
    #[serde(with = "time::serde::rfc3339::option")]
    pub activated_at: Option<OffsetDateTime>,
    /// When an active token ends.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// The number of seconds until then.
    pub expires_in_seconds: Option<u64>,
}

/// Where to join a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewQueueToken {
    /// The concert; without one, the default queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concert_id: Option<ConcertId>,
}

/// The state of a queue, and the operators' message to those who wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueNotice {
    /// The state.
    pub state: QueueState,
    /// The message.
    pub message: Option<String>,
}

/// A change that an event of a queue token reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueTokenChange {
    /// The token is this now.
    Token(Box<QueueToken>),
    /// The queue is this now.
    Queue(QueueNotice),
}

impl QueueTokenChange {
    /// Parses an event; `None` if its name is newer than this client.
    pub fn of(event: &ServerEvent) -> Result<Option<(QueueTokenEventName, Self)>, serde_json::Error> {
        let name = QueueTokenEventName::from(event.event.clone());
        let change = match name {
            QueueTokenEventName::Queue => Self::Queue(serde_json::from_str(&event.data)?),
            QueueTokenEventName::Unknown(_) => return Ok(None),
            QueueTokenEventName::Position
            | QueueTokenEventName::Activated
            | QueueTokenEventName::Extended
            | QueueTokenEventName::Expired => Self::Token(serde_json::from_str(&event.data)?),
        };
        Ok(Some((name, change)))
    }
}

/// A URL with which a browser's `EventSource` follows a queue token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamTicket {
    /// The path, relative to the origin of the API. It is a credential for reading the events.
    pub url: String,
    /// When it ceases to open streams.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// The number of seconds until then.
    pub expires_in_seconds: u64,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// The id.
    pub id: QueueId,
    /// The name.
    pub name: String,
    /// The state.
    pub state: QueueState,
    /// The operators' message to those who wait.
    pub message: Option<String>,
    /// The number of waiting users.
    pub waiting: u64,
    /// The number of active users.
    pub active: u64,
    /// The number of admissions per minute into capacity that became free.
    pub rate: Option<f64>,
    /// How long a user who joins now has to wait.
    pub estimated_wait: EstimatedWait,
}

/// The board of a queue, from which users far from the front derive their position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// The queue.
    pub queue_id: QueueId,
    /// The state of the queue.
    pub state: QueueState,
    /// The operators' message to those who wait.
    pub message: Option<String>,
    /// The highest number up to which no user waits.
    pub last_admitted: u64,
    /// The waiting users who have left, by ranges of numbers: the last number of each range, and how many users with numbers in it have
    /// left.
    pub departures: Vec<[u64; 2]>,
    /// The maximum error of a position that is derived from the ranges, as a part of it.
    pub precision: f64,
    /// The number of waiting users.
    pub waiting: u64,
    /// The number of active users.
    pub active: u64,
    /// The number of users per minute who are admitted to capacity that became free.
    pub admissions_per_minute: Option<f64>,
    /// The instant as of which all members hold.
    #[serde(with = "time::serde::rfc3339")]
    pub as_of: OffsetDateTime,
}

/// Joins the queue of a concert; joining again returns the same token.
pub fn join_queue(concert: ConcertId) -> Call<QueueToken> {
    // The user has one place in the queue, however often this is sent.
    Call::post("/v1/queue-tokens", &NewQueueToken { concert_id: Some(concert) }).repeatable()
}

/// Joins the default queue.
pub fn join_default_queue() -> Call<QueueToken> {
    Call::post("/v1/queue-tokens", &NewQueueToken::default()).repeatable()
}

/// Returns the current state of a queue token. [`Frontrow::follow`](crate::Frontrow::follow) pushes its changes.
pub fn poll_queue_token(token: QueueTokenId) -> Call<QueueToken> {
    Call::get(path(token))
}

/// Leaves the queue; held seats are released.
pub fn leave_queue(token: QueueTokenId) -> Call<()> {
    Call::delete(path(token))
}

/// Creates a URL with which a browser's `EventSource` follows the queue token.
pub fn create_stream_ticket(token: QueueTokenId) -> Call<StreamTicket> {
    Call::post_without_body(format!("{}/stream-tickets", path(token))).repeatable()
}

/// Returns a queue.
pub fn show_queue(queue: QueueId) -> Call<Queue> {
    Call::get(format!("/v1/queues/{queue}"))
}

/// Returns the board of a queue.
pub fn show_board(queue: QueueId) -> Call<Board> {
    Call::get(format!("/v1/queues/{queue}/board"))
}

/// Returns the request for the events of a queue token; the response is an event stream, whose events are [`QueueTokenChange`]s.
/// [`Frontrow::follow`](crate::Frontrow::follow) reads it, and reconnects after interruptions.
pub fn follow_queue_token(token: QueueTokenId) -> Call<bytes::Bytes> {
    Call::events(format!("{}/events", path(token)))
}

fn path(token: QueueTokenId) -> String {
    format!("/v1/queue-tokens/{token}")
}
