//! Queue tokens on the wire.

use std::fmt;

use application::waiting_room::TokenView;
use domain::{Availability, TokenStatus};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::token_status::{self, AvailabilityBody, ExpiredReasonBody, TokenStatusBody};
use super::{EstimateBody, Instant, Tag, seconds_until};

/// The position from which the board is precise enough.
const BOARD_FROM: u64 = 1_000;

/// A queue token: a user's entry in a queue.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueToken)]
pub(crate) struct TokenBody {
    /// The secret id of the token, sent as `Queue-Token`.
    token: Uuid,
    #[serde(flatten)]
    pub(crate) state: TokenStateBody,
}

/// The state of a queue token, without its secret id.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueTokenState)]
pub(crate) struct TokenStateBody {
    queue_id: Uuid,
    /// The concert that the user joined the queue for; null if none was specified.
    concert_id: Option<Uuid>,
    status: TokenStatusBody,
    /// Why the token has ended; null if it has not.
    expired_reason: Option<ExpiredReasonBody>,
    /// The queue number: assigned without gaps, in the order in which joins are committed.
    number: u64,
    /// The position in the queue, 1 for the next user to be admitted; null unless the token is waiting.
    position: Option<u64>,
    /// The number of waiting users ahead; null unless the token is waiting.
    people_ahead: Option<u64>,
    estimated_wait: EstimateBody,
    /// The availability of seats of the concert; null if the user joined without a concert, or if it isn't known yet.
    availability: Option<AvailabilityBody>,
    /// The number of seconds after which to poll again.
    pub(crate) poll_after_seconds: i64,
    joined_at: Instant,
    /// When the user was admitted; null if the user was not.
    activated_at: Option<Instant>,
    /// When the token expires or has expired; null while it is waiting.
    expires_at: Option<Instant>,
    /// The number of seconds until then; null unless the token is active.
    expires_in_seconds: Option<i64>,
    /// The path of the queue's board if so many users are ahead that the client should derive its position from the board and poll the
    /// token only when its turn is near; null otherwise.
    board: Option<String>,
}

impl TokenBody {
    pub(crate) fn new(place: &TokenView) -> Self {
        Self { token: place.token.id().0, state: TokenStateBody::new(place) }
    }
}

impl TokenStateBody {
    pub(crate) fn new(place: &TokenView) -> Self {
        let TokenView { token, now, position, estimate, availability, poll_after } = place;
        let status = token.status(*now);
        let (expired_reason, expires_in_seconds) = match status {
            TokenStatus::Waiting => (None, None),
            TokenStatus::Active => (None, token.expires_at().map(|at| seconds_until(at, *now))),
            TokenStatus::Expired(reason) => (Some(reason.into()), None),
        };
        Self {
            queue_id: token.queue().0,
            concert_id: token.concert().map(|concert| concert.0),
            status: status.into(),
            expired_reason,
            number: token.number(),
            position: *position,
            people_ahead: position.map(|position| position.saturating_sub(1)),
            estimated_wait: EstimateBody::from(*estimate),
            availability: availability.map(AvailabilityBody::from),
            poll_after_seconds: poll_after.whole_seconds(),
            joined_at: token.joined_at().into(),
            activated_at: token.activated_at().map(Instant::from),
            expires_at: token.expires_at().map(Instant::from),
            expires_in_seconds,
            board: position.filter(|position| BOARD_FROM <= *position).map(|_| format!("/v1/queues/{}/board", token.queue())),
        }
    }
}

const fn availability_name(availability: Availability) -> &'static str {
    match availability {
        Availability::Good => "GOOD",
        Availability::Low => "LOW",
        Availability::SoldOut => "SOLD_OUT",
        Availability::SaleNotOpen => "SALE_NOT_OPEN",
        Availability::Cancelled => "CANCELLED",
    }
}

/// The state of a token as far as its changes are events: estimates, countdowns and hints are not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EventState {
    pub(crate) status: TokenStatus,
    position: Option<u64>,
    availability: Option<Availability>,
    /// The deadline of an active token.
    deadline: Option<OffsetDateTime>,
}

impl EventState {
    pub(crate) fn of(place: &TokenView) -> Self {
        // The availability only matters to waiting users.
        let availability = place.position.and(place.availability);
        let status = place.token.status(place.now);
        let deadline = if status == TokenStatus::Active { place.token.expires_at() } else { None };
        Self { status, position: place.position, availability, deadline }
    }

    /// Returns the tag of the complete response.
    pub(crate) fn tag(self, place: &TokenView) -> Tag {
        let deadline = place.token.expires_at().map_or(0, OffsetDateTime::unix_timestamp_nanos);
        Tag::readable(format_args!("{self}.{deadline}"))
    }
}

impl fmt::Display for EventState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(token_status::name(self.status))?;
        if let TokenStatus::Expired(reason) = self.status {
            write!(formatter, ".{}", token_status::reason(reason))?;
        }
        if let Some(position) = self.position {
            write!(formatter, ".{position}")?;
        }
        if let Some(availability) = self.availability {
            write!(formatter, ".{}", availability_name(availability))?;
        }
        if let Some(deadline) = self.deadline {
            write!(formatter, ".{}", deadline.unix_timestamp_nanos() / 1_000)?;
        }
        Ok(())
    }
}
