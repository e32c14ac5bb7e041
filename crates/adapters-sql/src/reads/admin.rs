//! The queries of operators.

use std::collections::BTreeMap;

use application::PageRequest;
use application::ports::{AdminQueries, AuditEntryFilter, QueueTotals, ReadError, ReservationFilter, ScheduleTotals};
use async_trait::async_trait;
use domain::{
    AuditEntry, AuditEntryId, Money, NamePrefix, QueueId, QueueToken, Reservation, ReservationId, ScheduleId, User, UserId, Versioned,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Reads, json_ids};
use crate::rows::{audit_entry, reservation, token, user};
use crate::{all, micros};

#[derive(FromQueryResult)]
struct QueueTotalsRow {
    admitted: i64,
    no_shows: i64,
}

#[derive(FromQueryResult)]
struct ScheduleTotalsRow {
    schedule_id: Uuid,
    available: i64,
    held: i64,
    lapsed: i64,
    reserved: i64,
    blocked: i64,
    revenue: i64,
}

impl ScheduleTotalsRow {
    fn totals(&self) -> Result<ScheduleTotals, ReadError> {
        Ok(ScheduleTotals {
            available: self.available.unsigned_abs(),
            held: self.held.unsigned_abs(),
            lapsed: self.lapsed.unsigned_abs(),
            reserved: self.reserved.unsigned_abs(),
            blocked: self.blocked.unsigned_abs(),
            revenue: Money::new(self.revenue).map_err(|error| ReadError::Corrupt(error.to_string()))?,
        })
    }
}

#[derive(FromQueryResult)]
struct Sum {
    sum: i64,
}

#[async_trait]
impl AdminQueries for Reads {
    async fn queue_totals(&self, queue: QueueId) -> Result<QueueTotals, ReadError> {
        let rows = self.find::<QueueTotalsRow>(self.statements.queue_totals, [queue.0.into()]).await?;
        let queue_totals =
            |row: QueueTotalsRow| QueueTotals { admitted: row.admitted.unsigned_abs(), no_shows: row.no_shows.unsigned_abs() };
        Ok(rows.into_iter().next().map(queue_totals).unwrap_or_default())
    }

    async fn schedule_totals(
        &self,
        schedules: &[ScheduleId],
        now: OffsetDateTime,
    ) -> Result<BTreeMap<ScheduleId, ScheduleTotals>, ReadError> {
        let ids = json_ids(schedules.iter().map(|schedule| schedule.0))?;
        let rows = self.find::<ScheduleTotalsRow>(self.statements.schedule_totals, [ids.into(), micros(now).into()]).await?;
        rows.into_iter().map(|row| Ok((ScheduleId(row.schedule_id), row.totals()?))).collect()
    }

    async fn live_reservations(&self, schedule: ScheduleId, at_most: u32) -> Result<Vec<Reservation>, ReadError> {
        let values = [schedule.0.into(), at_most.into()];
        all(self.find::<reservation::Row>(self.statements.live_reservations, values).await?)
    }

    async fn reservations_of_schedule(
        &self,
        schedule: ScheduleId,
        wanted: &ReservationFilter,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<Reservation>, ReadError> {
        let ReservationFilter { seat, name, held, confirmed, refunded, used } = wanted;
        let [held, confirmed, refunded] = [held, confirmed, refunded].map(|is_wanted| i64::from(*is_wanted).into());
        let name = name.as_ref().map(|name| name.as_str().to_owned());
        let after = page.after.map(|after| after.0);
        let of_schedule =
            [schedule.0.into(), after.into(), page.size.into(), held, confirmed, refunded, used.map(i64::from).into(), name.into()];
        let rows = match seat {
            None => self.find::<reservation::Row>(self.statements.reservations_of_schedule, of_schedule).await?,
            Some(seat) => {
                let values = of_schedule.into_iter().chain([i64::from(seat.get()).into()]);
                self.find::<reservation::Row>(self.statements.reservation_of_seat, values).await?
            }
        };
        all(rows)
    }

    async fn count_live_reservations(&self, schedule: ScheduleId) -> Result<u64, ReadError> {
        Ok(self.sum(self.statements.count_live_reservations, schedule).await?.unsigned_abs())
    }

    async fn users(&self, name: Option<NamePrefix>, page: PageRequest<UserId>) -> Result<Vec<User>, ReadError> {
        let after = page.after.map(|after| user::Column::Id.gt(after.0));
        if let Some(name) = name {
            let values = [name.as_str().into(), page.after.map(|after| after.0).into(), page.size.into()];
            return all(self.find::<user::Model>(self.statements.users_named, values).await?);
        }
        let query = user::Entity::find().filter(Condition::all().add_option(after));
        all(self.within(query.order_by_asc(user::Column::Id).limit(u64::from(page.size)).all(&self.db)).await?)
    }

    async fn tokens_of(&self, user: UserId, at_most: u32) -> Result<Vec<QueueToken>, ReadError> {
        let rows = self.find::<token::Model>(self.statements.tokens_of, [user.0.into(), at_most.into()]).await?;
        let tokens: Vec<Versioned<QueueToken>> = all(rows)?;
        Ok(tokens.into_iter().map(|token| token.row).collect())
    }

    async fn audit_entries(&self, wanted: AuditEntryFilter, page: PageRequest<AuditEntryId>) -> Result<Vec<AuditEntry>, ReadError> {
        let (subject, operator) = (wanted.subject, wanted.operator.map(|operator| operator.0));
        let values = [subject.into(), operator.into(), page.after.map(|after| after.0).into(), page.size.into()];
        all(self.find::<audit_entry::Row>(self.statements.audit_entries, values).await?)
    }
}

impl Reads {
    async fn sum(&self, sql: &str, schedule: ScheduleId) -> Result<i64, ReadError> {
        let rows = self.find::<Sum>(sql, [schedule.0.into()]).await?;
        Ok(rows.first().map_or(0, |row| row.sum))
    }
}
