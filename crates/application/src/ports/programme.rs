//! The port that fills the catalogue.

use async_trait::async_trait;
use domain::{Concert, Queue, Schedule, Seat};
use thiserror::Error;

/// What is put on: queues, concerts, their dates and the seats of those.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Programme {
    /// Queues beside the default one.
    pub queues: Vec<Queue>,
    /// Concerts; each names a queue that exists or is among [`Self::queues`].
    pub concerts: Vec<Concert>,
    /// Dates of those concerts.
    pub schedules: Vec<Schedule>,
    /// Seats of those dates.
    pub seats: Vec<Seat>,
}

/// The programme was not added.
#[derive(Debug, Error)]
pub enum ProgrammeError {
    /// The store has concerts already.
    #[error("the catalogue is not empty")]
    NotEmpty,
    /// The programme contradicts itself, or what is in the store.
    #[error("the programme is invalid")]
    Invalid(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store can't be written.
    #[error("the store can't be written")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Fills a catalogue.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait ProgrammeStore: Send + Sync {
    /// Adds the programme, whole or not at all, to a store that has no concerts.
    ///
    /// # Errors
    /// [`ProgrammeError::NotEmpty`] if it has one. [`ProgrammeError::Invalid`] if something is in the programme twice, if a queue of it is in
    /// the store already, or if what something belongs to is in neither: a concert's queue, a date's concert, a seat's date.
    /// Nothing has changed then.
    async fn put_on(&self, programme: &Programme) -> Result<(), ProgrammeError>;
}
