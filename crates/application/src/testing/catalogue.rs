//! What is on, for tests.

use domain::{Change, Concert, Queue, Schedule, Seat, Write};

use crate::ports::Store;

/// Queues, concerts, their dates and the seats of those.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueFixture {
    /// Queues beside the default one.
    pub queues: Vec<Queue>,
    /// Concerts, each of a queue that exists or is among [`Self::queues`].
    pub concerts: Vec<Concert>,
    /// Dates of those concerts.
    pub schedules: Vec<Schedule>,
    /// Seats of those dates.
    pub seats: Vec<Seat>,
}

impl CatalogueFixture {
    /// The change that makes all of it.
    #[must_use]
    pub fn change(&self) -> Change {
        let mut change = Change::default();
        self.queues.iter().for_each(|queue| change.write(Write::insert(queue.clone())));
        self.concerts.iter().for_each(|concert| change.write(Write::insert(concert.clone())));
        self.schedules.iter().for_each(|schedule| change.write(Write::insert(schedule.clone())));
        self.seats.iter().for_each(|seat| change.write(Write::insert(seat.clone())));
        change
    }

    /// Commits that change.
    ///
    /// # Panics
    /// If the store doesn't take it.
    #[expect(clippy::panic, reason = "for tests")]
    pub async fn put_on(&self, store: &dyn Store) {
        match store.commit(&[self.change()]).await.as_slice() {
            [Ok(_)] => {}
            refused => panic!("the programme isn't put on: {refused:?}"),
        }
    }
}
