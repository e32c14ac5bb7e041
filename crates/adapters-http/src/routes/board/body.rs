//! A board on the wire.

use application::waiting_room::{Board, Departures};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::response::{Instant, QueueStateBody, round_to_tenth};

/// The board of a queue.
#[derive(Serialize, ToSchema)]
#[schema(as = Board)]
pub(super) struct BoardBody {
    queue_id: Uuid,
    state: QueueStateBody,
    /// The message to waiting users.
    message: Option<String>,
    /// The instant as of which all members hold.
    as_of: Instant,
    /// The number of waiting users.
    waiting: u64,
    /// The number of active users.
    active: u64,
    /// The highest number up to which no user waits: all of them were admitted or have left. 0 before the first admission.
    last_admitted: u64,
    /// The measured number of users per minute who are admitted to freed capacity, to a tenth; null if unknown.
    admissions_per_minute: Option<f64>,
    /// The waiting users who have left, by ranges of numbers: the last number of each range, and how many users with numbers after
    /// `last_admitted` and up to this one have left. After the last range there are none.
    #[schema(example = json!([[1200, 31], [9000, 88]]))]
    departures: Vec<[u64; 2]>,
    /// The maximum error of a position that is derived from the ranges, as a part of it; an error of one user is always possible.
    #[schema(example = 0.005)]
    precision: f64,
}

impl BoardBody {
    pub(super) fn new(board: &Board, as_of: OffsetDateTime) -> Self {
        let Board { queue, now: _, waiting, active, last_admitted, admitted_per_minute, departures } = board;
        Self {
            queue_id: queue.id().0,
            state: queue.state().into(),
            message: queue.message().map(str::to_owned),
            as_of: as_of.into(),
            waiting: *waiting,
            active: *active,
            last_admitted: *last_admitted,
            admissions_per_minute: admitted_per_minute.map(round_to_tenth),
            departures: departures.ranges.iter().map(|Departures { through, departed }| [*through, *departed]).collect(),
            precision: departures.precision,
        }
    }
}
