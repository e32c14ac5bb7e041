//! The concert index: all concerts in the order in which the public catalogue lists them.

use std::sync::Arc;

use domain::{ListPosition, ListedConcert};
use time::{Duration, OffsetDateTime};

/// How long a concert index that was made from the store is used.
const KEEP: Duration = Duration::seconds(30);
/// A concert index of this many concerts is made at most a thousand times a second, a larger one less often in proportion.
const CONCERTS_PER_MILLISECOND: usize = 100;

/// The concerts in the order of public lists at an instant.
pub(crate) struct ConcertIndex {
    concerts: Vec<(ListPosition, Arc<ListedConcert>)>,
    source: Source,
    made_at: OffsetDateTime,
    /// The next start of a show.
    valid_until: Option<OffsetDateTime>,
}

/// What a concert index was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The known concerts, after this many changes.
    Memory { changes: u64 },
    /// The store.
    Store,
}

impl ConcertIndex {
    pub(super) fn new(concerts: Vec<Arc<ListedConcert>>, source: Source, now: OffsetDateTime) -> Self {
        let mut concerts: Vec<_> = concerts.into_iter().map(|concert| (concert.position(now), concert)).collect();
        concerts.sort_unstable_by_key(|(position, _)| *position);
        // The first concert has the earliest next start of all.
        let valid_until = concerts.first().and_then(|(position, _)| position.next_start);
        Self { concerts, source, made_at: now, valid_until }
    }

    /// Whether it was made from the store.
    pub(super) fn is_from_store(&self) -> bool {
        self.source == Source::Store
    }

    /// Returns the concerts after a position.
    pub(crate) fn after(&self, position: Option<ListPosition>) -> &[(ListPosition, Arc<ListedConcert>)] {
        let first = position.map_or(0, |after| self.concerts.partition_point(|(position, _)| *position <= after));
        self.concerts.get(first..).unwrap_or_default()
    }

    /// Whether it is the concert index at `now`, given how often the known concerts have changed.
    pub(super) fn is_current(&self, changes: u64, now: OffsetDateTime) -> bool {
        let age = now - self.made_at;
        if age.is_negative() {
            return false;
        }
        match self.source {
            Source::Store => age < KEEP,
            Source::Memory { changes: made_after } => {
                let pause = Duration::milliseconds(i64::try_from(self.concerts.len() / CONCERTS_PER_MILLISECOND).unwrap_or(i64::MAX));
                age < pause || made_after == changes && self.valid_until.is_none_or(|until| now < until)
            }
        }
    }

    /// Returns its estimated size, without what the known concerts share with it.
    pub(super) fn bytes(&self) -> usize {
        let own = self.concerts.len() * size_of::<(ListPosition, Arc<ListedConcert>)>();
        match self.source {
            Source::Memory { .. } => own,
            Source::Store => own + self.concerts.iter().map(|(_, concert)| concert.bytes()).sum::<usize>(),
        }
    }
}
