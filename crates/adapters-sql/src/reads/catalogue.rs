//! The queries of concerts, schedules, seats and queues.

use std::collections::BTreeMap;

use application::PageRequest;
use application::ports::{Catalogue, ReadError};
use async_trait::async_trait;
use domain::{
    Concert, ConcertId, Layout, LayoutHash, Money, OfferedSeats, PriceRange, Queue, QueueId, Schedule, ScheduleId, Seat, Versioned,
};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Reads, json_ids, repeated};
use crate::all;
use crate::rows::{concert, layout, queue, schedule, seat};

#[derive(FromQueryResult)]
struct OfferedSeatsRow {
    schedule_id: Uuid,
    offered: i64,
    unsold: i64,
    min_price: i64,
    max_price: i64,
}

impl OfferedSeatsRow {
    fn seats(&self) -> Result<OfferedSeats, ReadError> {
        let price = |minor| Money::new(minor).map_err(|error| ReadError::Corrupt(error.to_string()));
        let prices = PriceRange { min: price(self.min_price)?, max: price(self.max_price)? };
        let count = u32::try_from(self.offered).unwrap_or(u32::MAX);
        Ok(OfferedSeats { has_unsold: self.unsold > 0, count, prices })
    }
}

#[async_trait]
impl Catalogue for Reads {
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Vec<Versioned<Concert>>, ReadError> {
        let after = page.after.map(|after| concert::Column::Id.gt(after.0));
        let query = concert::Entity::find().filter(sea_orm::Condition::all().add_option(after));
        all(self.within(query.order_by_asc(concert::Column::Id).limit(u64::from(page.size)).all(&self.db)).await?)
    }

    async fn concert(&self, id: ConcertId) -> Result<Option<Versioned<Concert>>, ReadError> {
        let row = self.within(concert::Entity::find_by_id(id.0).one(&self.db)).await?;
        Ok(row.map(Versioned::try_from).transpose()?)
    }

    async fn concerts_by_id(&self, ids: &[ConcertId]) -> Result<Vec<Versioned<Concert>>, ReadError> {
        let query = concert::Entity::find().filter(concert::Column::Id.is_in(repeated(ids).map(|id| id.0)));
        all(self.within(query.all(&self.db)).await?)
    }

    async fn concerts_of(&self, queue: QueueId) -> Result<Vec<Versioned<Concert>>, ReadError> {
        let query = concert::Entity::find().filter(concert::Column::QueueId.eq(queue.0)).order_by_asc(concert::Column::Id);
        all(self.within(query.all(&self.db)).await?)
    }

    async fn schedules(&self, concert: ConcertId) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        let query = schedule::Entity::find().filter(schedule::Column::ConcertId.eq(concert.0));
        let query = query.order_by_asc(schedule::Column::StartsAt).order_by_asc(schedule::Column::Id);
        all(self.within(query.all(&self.db)).await?)
    }

    async fn schedules_of(&self, concerts: &[ConcertId]) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        let query = schedule::Entity::find().filter(schedule::Column::ConcertId.is_in(concerts.iter().map(|id| id.0)));
        all(self.within(query.all(&self.db)).await?)
    }

    async fn schedule(&self, id: ScheduleId) -> Result<Option<Versioned<Schedule>>, ReadError> {
        let row = self.within(schedule::Entity::find_by_id(id.0).one(&self.db)).await?;
        Ok(row.map(Versioned::try_from).transpose()?)
    }

    async fn schedules_by_id(&self, ids: &[ScheduleId]) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        let query = schedule::Entity::find().filter(schedule::Column::Id.is_in(ids.iter().map(|id| id.0)));
        all(self.within(query.all(&self.db)).await?)
    }

    async fn seats(&self, schedule: ScheduleId) -> Result<Vec<Versioned<Seat>>, ReadError> {
        let query = seat::Entity::find().filter(seat::Column::ScheduleId.eq(schedule.0)).order_by_asc(seat::Column::Number);
        all(self.within(query.all(&self.db)).await?)
    }

    async fn layout(&self, hash: LayoutHash) -> Result<Option<Layout>, ReadError> {
        let row = self.within(layout::Entity::find_by_id(hash.to_string()).one(&self.db)).await?;
        Ok(row.map(Layout::try_from).transpose()?)
    }

    async fn offered_seats(&self, schedules: &[ScheduleId]) -> Result<BTreeMap<ScheduleId, OfferedSeats>, ReadError> {
        let rows = self
            .find::<OfferedSeatsRow>(self.statements.offered_seats, [json_ids(schedules.iter().map(|schedule| schedule.0))?.into()])
            .await?;
        rows.into_iter().map(|row| Ok((ScheduleId(row.schedule_id), row.seats()?))).collect()
    }

    async fn queues(&self) -> Result<Vec<Versioned<Queue>>, ReadError> {
        all(self.within(queue::Entity::find().order_by_asc(queue::Column::Id).all(&self.db)).await?)
    }

    async fn queue(&self, id: QueueId) -> Result<Option<Versioned<Queue>>, ReadError> {
        let row = self.within(queue::Entity::find_by_id(id.0).one(&self.db)).await?;
        Ok(row.map(Versioned::try_from).transpose()?)
    }
}
