//! Concerts for tests.

use super::{CONCERT, QUEUE};
use crate::{Concert, ConcertId, Version, Versioned};

/// Returns [`CONCERT`], to which [`QUEUE`] admits users.
#[must_use]
pub fn a_concert() -> Versioned<Concert> {
    Versioned::new(Version(700), Concert::new(CONCERT, "Club Night".into(), "Frontrow".into(), QUEUE))
}

impl Concert {
    /// Returns the concert with another id.
    #[must_use]
    pub fn with_id(self, id: ConcertId) -> Self {
        let concert = Self::new(id, self.name().to_owned(), self.host().to_owned(), self.queue());
        concert
            .with_max_seats_per_user(self.max_seats_per_user())
            .with_listing(self.listing().clone())
            .restore(self.cancellation().cloned())
    }
}
