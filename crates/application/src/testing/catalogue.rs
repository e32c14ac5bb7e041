//! A catalogue for tests.

use domain::{Change, Concert, Queue, Schedule, Seat, Write};

use crate::ports::Store;

/// Queues, concerts, their schedules and seats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueFixture {
    /// Queues in addition to the default one.
    pub queues: Vec<Queue>,
    /// Concerts, each of a queue that exists or is among [`Self::queues`].
    pub concerts: Vec<Concert>,
    /// Schedules of those concerts.
    pub schedules: Vec<Schedule>,
    /// Seats of those schedules.
    pub seats: Vec<Seat>,
}

impl CatalogueFixture {
    /// Returns the change that inserts all rows.
    #[must_use]
    pub fn change(&self) -> Change {
        let mut change = Change::default();
        self.queues.iter().for_each(|queue| change.write(Write::insert(queue.clone())));
        self.concerts.iter().for_each(|concert| change.write(Write::insert(concert.clone())));
        self.schedules.iter().for_each(|schedule| change.write(Write::insert(schedule.clone())));
        self.seats.iter().for_each(|seat| change.write(Write::insert(seat.clone())));
        change
    }

    /// Inserts all rows.
    ///
    /// # Panics
    /// If the commit fails.
    #[expect(clippy::panic, reason = "for tests")]
    pub async fn insert_into(&self, store: &dyn Store) {
        match store.commit(&[self.change()]).await.as_slice() {
            [Ok(_)] => {}
            failed => panic!("the catalogue can't be committed: {failed:?}"),
        }
    }
}
