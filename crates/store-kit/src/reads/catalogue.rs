//! The queries of the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use application::PageRequest;
use application::ports::{Catalogue, ReadError};
use async_trait::async_trait;
use domain::{
    Concert, ConcertId, Layout, LayoutHash, OfferedSeats, PriceRange, Queue, QueueId, Schedule, ScheduleId, Seat, SeatState, Versioned,
};

use super::page;
use crate::engine::Engine;
use crate::engine::Order::Ascending;
use crate::fault::Fault;
use crate::key::{self, Key, Kind};
use crate::store::EmbeddedStore;
use crate::view::View;

#[async_trait]
impl<E: Engine> Catalogue for EmbeddedStore<E> {
    async fn concerts(&self, wanted: PageRequest<ConcertId>) -> Result<Vec<Versioned<Concert>>, ReadError> {
        let all = Key::of(Kind::Concert);
        let from = wanted.after.map_or(all.clone(), |after| key::concert(after).after_all());
        self.read(move |view| page(view.rows::<Concert>(from..all.after_all(), Ascending)?, wanted.size)).await
    }

    async fn concert(&self, id: ConcertId) -> Result<Option<Versioned<Concert>>, ReadError> {
        self.read(move |view| view.concert(id)).await
    }

    async fn concerts_by_id(&self, ids: &[ConcertId]) -> Result<Vec<Versioned<Concert>>, ReadError> {
        let ids: BTreeSet<_> = ids.iter().copied().collect();
        self.read(move |view| ids.into_iter().filter_map(|id| view.concert(id).transpose()).collect()).await
    }

    async fn concerts_of(&self, queue: QueueId) -> Result<Vec<Versioned<Concert>>, ReadError> {
        self.read(move |view| view.concerts_of(queue)).await
    }

    async fn schedules(&self, concert: ConcertId) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        self.read(move |view| view.schedules_of(concert)).await
    }

    async fn schedules_of(&self, concerts: &[ConcertId]) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        let concerts: BTreeSet<_> = concerts.iter().copied().collect();
        self.read(move |view| {
            let mut found = Vec::new();
            for concert in concerts {
                found.extend(view.schedules_of(concert)?);
            }
            Ok(found)
        })
        .await
    }

    async fn schedule(&self, id: ScheduleId) -> Result<Option<Versioned<Schedule>>, ReadError> {
        self.read(move |view| view.schedule(id)).await
    }

    async fn schedules_by_id(&self, ids: &[ScheduleId]) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        let ids: BTreeSet<_> = ids.iter().copied().collect();
        self.read(move |view| ids.into_iter().filter_map(|id| view.schedule(id).transpose()).collect()).await
    }

    async fn seats(&self, schedule: ScheduleId) -> Result<Vec<Versioned<Seat>>, ReadError> {
        self.read(move |view| view.rows::<Seat>(Key::of(Kind::Seat).id(schedule.0).all(), Ascending)?.collect()).await
    }

    async fn layout(&self, hash: LayoutHash) -> Result<Option<Layout>, ReadError> {
        self.read(move |view| view.get::<Layout>(&key::layout(hash))).await
    }

    async fn offered_seats(&self, schedules: &[ScheduleId]) -> Result<BTreeMap<ScheduleId, OfferedSeats>, ReadError> {
        let schedules = schedules.to_vec();
        self.read(move |view| {
            let mut found = BTreeMap::new();
            for schedule in schedules {
                found.extend(offered_seats(view, schedule)?.map(|seats| (schedule, seats)));
            }
            Ok(found)
        })
        .await
    }

    async fn queues(&self) -> Result<Vec<Versioned<Queue>>, ReadError> {
        self.read(|view| view.rows::<Queue>(Key::of(Kind::Queue).all(), Ascending)?.collect()).await
    }

    async fn queue(&self, id: QueueId) -> Result<Option<Versioned<Queue>>, ReadError> {
        self.read(move |view| view.queue(id)).await
    }
}

/// Returns what the public sees of the seats of a schedule, unless it has none, or all are BLOCKED.
fn offered_seats(view: View<'_>, schedule: ScheduleId) -> Result<Option<OfferedSeats>, Fault> {
    let mut found: Option<OfferedSeats> = None;
    for seat in view.rows::<Seat>(Key::of(Kind::Seat).id(schedule.0).all(), Ascending)? {
        let seat = seat?;
        let is_unsold = match seat.state() {
            SeatState::Available | SeatState::Held { .. } => true,
            SeatState::Reserved { .. } => false,
            SeatState::Blocked => continue,
        };
        let price = PriceRange::from(seat.price());
        found = Some(found.map_or(OfferedSeats { has_unsold: is_unsold, count: 1, prices: price }, |seats| OfferedSeats {
            has_unsold: seats.has_unsold || is_unsold,
            count: seats.count + 1,
            prices: seats.prices.and(price),
        }));
    }
    Ok(found)
}
