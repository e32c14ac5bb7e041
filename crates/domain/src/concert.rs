//! Concerts: what the seats are sold for.

use crate::{Cancellation, ConcertId, QueueId};

/// A concert; its dates are [`Schedule`](crate::Schedule)s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concert {
    /// The concert's id.
    pub id: ConcertId,
    /// What is on the poster.
    pub name: String,
    /// Who gives it.
    pub host: String,
    /// The queue that admits to it: the default one, or its own.
    pub queue: QueueId,
    /// How many seats a user may have of it, held and sold together; none: as many as of any concert.
    pub max_seats_per_user: Option<u32>,
    /// Its cancellation, with all its dates; none if it wasn't cancelled as a whole.
    pub cancellation: Option<Cancellation>,
}
