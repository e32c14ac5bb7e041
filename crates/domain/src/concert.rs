//! Concerts: the events that seats are sold for.

use time::OffsetDateTime;

use crate::{Cancellation, ConcertId, Listing, QueueId, Venue};

/// A concert. Its performances are [`Schedule`](crate::Schedule)s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concert {
    id: ConcertId,
    name: String,
    host: String,
    queue: QueueId,
    max_seats_per_user: Option<u32>,
    listing: Listing,
    cancellation: Option<Cancellation>,
}

impl Concert {
    /// Returns a concert that is public, isn't cancelled and has no seat limit of its own.
    #[must_use]
    pub fn new(id: ConcertId, name: String, host: String, queue: QueueId) -> Self {
        Self { id, name, host, queue, max_seats_per_user: None, listing: Listing::default(), cancellation: None }
    }

    /// Returns the concert as stored: `self` with the cancellation of its row.
    #[must_use]
    pub fn restore(self, cancellation: Option<Cancellation>) -> Self {
        Self { cancellation, ..self }
    }

    /// Returns the id.
    #[must_use]
    pub const fn id(&self) -> ConcertId {
        self.id
    }

    /// Returns the name on the poster.
    #[must_use]
    pub const fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Returns the name of the host.
    #[must_use]
    pub const fn host(&self) -> &str {
        self.host.as_str()
    }

    /// Returns the queue that admits users to it: the default queue or its own.
    #[must_use]
    pub const fn queue(&self) -> QueueId {
        self.queue
    }

    /// Returns the maximum number of seats per user, held and sold together; none: the default limit applies.
    #[must_use]
    pub const fn max_seats_per_user(&self) -> Option<u32> {
        self.max_seats_per_user
    }

    /// Returns what the public catalogue shows of it.
    #[must_use]
    pub const fn listing(&self) -> &Listing {
        &self.listing
    }

    /// Returns where it takes place, if this is known.
    #[must_use]
    pub const fn venue(&self) -> Option<&Venue> {
        self.listing.venue.as_ref()
    }

    /// Returns whether it is public at `now`. Before, it is a draft, which only operators see, and which users can't join a queue for.
    #[must_use]
    pub fn is_public(&self, now: OffsetDateTime) -> bool {
        self.listing.is_public(now)
    }

    /// Returns the cancellation of the concert with all its schedules; none if it wasn't cancelled as a whole.
    #[must_use]
    pub const fn cancellation(&self) -> Option<&Cancellation> {
        self.cancellation.as_ref()
    }

    /// Returns the concert with a seat limit of its own; none: the default limit applies.
    #[must_use]
    pub fn with_max_seats_per_user(self, max_seats_per_user: Option<u32>) -> Self {
        Self { max_seats_per_user, ..self }
    }

    /// Returns the concert with another listing.
    #[must_use]
    pub fn with_listing(self, listing: Listing) -> Self {
        Self { listing, ..self }
    }

    /// Returns the concert with another name and host.
    #[must_use]
    pub fn announce(self, name: String, host: String) -> Self {
        Self { name, host, ..self }
    }

    /// Returns the concert with another queue. The caller must ensure that no hold or token depends on the old queue.
    #[must_use]
    pub fn move_to(self, queue: QueueId) -> Self {
        Self { queue, ..self }
    }

    /// Cancels the concert as a whole. A cancelled concert keeps its first cancellation.
    #[must_use]
    pub fn cancel(self, cancellation: Cancellation) -> Self {
        Self { cancellation: self.cancellation.or(Some(cancellation)), ..self }
    }
}
