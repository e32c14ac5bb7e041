//! What is put on.

use std::collections::BTreeSet;

use application::ports::{Programme, ProgrammeError, ProgrammeStore};
use async_trait::async_trait;
use domain::{Concert, ConcertId, Queue, Schedule, ScheduleId, Seat, Version, Versioned};

use crate::MemoryStore;
use crate::state::{Line, State};

#[async_trait]
impl ProgrammeStore for MemoryStore {
    async fn put_on(&self, programme: &Programme) -> Result<(), ProgrammeError> {
        let mut state = self.state();
        if !state.concerts.is_empty() {
            return Err(ProgrammeError::NotEmpty);
        }
        let Programme { queues, concerts, schedules, seats } = programme;
        check(&state, programme).map_err(|contradiction| ProgrammeError::Invalid(contradiction.into()))?;
        state.lines.extend(queues.iter().map(|queue| (queue.id, Line::new())));
        state.queues.extend(queues.iter().map(|queue| (queue.id, first(queue))));
        state.concerts.extend(concerts.iter().map(|concert| (concert.id, first(concert))));
        state.schedules.extend(schedules.iter().map(|schedule| (schedule.id, first(schedule))));
        state.seats.extend(seats.iter().map(|seat| ((seat.schedule, seat.number), first(seat))));
        Ok(())
    }
}

fn first<T: Clone>(row: &T) -> Versioned<T> {
    Versioned::new(Version::FIRST, row.clone())
}

/// Whether every thing is there once, and what it belongs to is there, too.
fn check(state: &State, programme: &Programme) -> Result<(), &'static str> {
    let Programme { queues, concerts, schedules, seats } = programme;
    let new_queues = once(queues, |queue: &Queue| queue.id).ok_or("a queue is there twice")?;
    let new_concerts: BTreeSet<ConcertId> = once(concerts, |concert: &Concert| concert.id).ok_or("a concert is there twice")?;
    let new_dates: BTreeSet<ScheduleId> = once(schedules, |date: &Schedule| date.id).ok_or("a date is there twice")?;
    once(seats, |seat: &Seat| (seat.schedule, seat.number)).ok_or("a seat is there twice")?;
    let has_queue = |id| new_queues.contains(id) || state.queues.contains_key(id);
    if new_queues.iter().any(|id| state.queues.contains_key(id)) {
        Err("a queue is there already")
    } else if !concerts.iter().all(|concert| has_queue(&concert.queue)) {
        Err("a concert's queue is not there")
    } else if !schedules.iter().all(|date| new_concerts.contains(&date.concert)) {
        Err("a date's concert is not there")
    } else if !seats.iter().all(|seat| new_dates.contains(&seat.schedule)) {
        Err("a seat's date is not there")
    } else {
        Ok(())
    }
}

/// The ids of `rows`; none if one is there twice.
fn once<T, K: Ord>(rows: &[T], id: impl Fn(&T) -> K) -> Option<BTreeSet<K>> {
    let ids: BTreeSet<K> = rows.iter().map(id).collect();
    (ids.len() == rows.len()).then_some(ids)
}
