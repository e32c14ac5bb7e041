//! Concerts: what the seats are sold for.

use crate::{Cancellation, ConcertId, QueueId};

/// A concert; its dates are [`Schedule`](crate::Schedule)s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concert {
    id: ConcertId,
    name: String,
    host: String,
    queue: QueueId,
    max_seats_per_user: Option<u32>,
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

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> ConcertId {
        self.id
    }

    /// What is on the poster.
    #[must_use]
    pub const fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Who gives it.
    #[must_use]
    pub const fn host(&self) -> &str {
        self.host.as_str()
    }

    /// The queue that admits to it: the default one, or its own.
    #[must_use]
    pub const fn queue(&self) -> QueueId {
        self.queue
    }

    /// How many seats a user may have of it, held and sold together; none: as many as of any concert.
    #[must_use]
    pub const fn max_seats_per_user(&self) -> Option<u32> {
        self.max_seats_per_user
    }

    /// Its cancellation, with all its dates; none if it wasn't cancelled as a whole.
    #[must_use]
    pub const fn cancellation(&self) -> Option<&Cancellation> {
        self.cancellation.as_ref()
    }

    /// The same concert with a seat limit of its own; none: as many as of any concert.
    #[must_use]
    pub fn with_max_seats_per_user(self, max_seats_per_user: Option<u32>) -> Self {
        Self { max_seats_per_user, ..self }
    }

    /// The same concert, announced as `name` by `host`.
    #[must_use]
    pub fn announce(self, name: String, host: String) -> Self {
        Self { name, host, ..self }
    }

    /// The same concert behind another queue, which must be when nobody counts on the old one.
    #[must_use]
    pub fn move_to(self, queue: QueueId) -> Self {
        Self { queue, ..self }
    }

    /// Calls it off as a whole. What was cancelled before keeps its first cancellation.
    #[must_use]
    pub fn cancel(self, cancellation: Cancellation) -> Self {
        Self { cancellation: self.cancellation.or(Some(cancellation)), ..self }
    }
}
