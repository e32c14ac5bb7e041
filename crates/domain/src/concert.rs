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
    cancellation: Option<Cancellation>,
}

impl Concert {
    /// A concert that takes place, with no seat limit of its own.
    #[must_use]
    pub const fn new(id: ConcertId, name: String, host: String, queue: QueueId) -> Self {
        Self { id, name, host, queue, max_seats_per_user: None, cancellation: None }
    }

    /// A concert as a store kept it: `self` with the cancellation of its row.
    #[must_use]
    pub fn restore(self, cancellation: Option<Cancellation>) -> Self {
        Self { cancellation, ..self }
    }

    /// Its cancellation, with all its dates; none if it wasn't cancelled as a whole.
    #[must_use]
    pub const fn cancellation(&self) -> Option<&Cancellation> {
        self.cancellation.as_ref()
    }

    /// Calls it off as a whole. What was cancelled before keeps its first cancellation.
    #[must_use]
    pub fn cancel(self, cancellation: Cancellation) -> Self {
        Self { cancellation: self.cancellation.or(Some(cancellation)), ..self }
    }
}
