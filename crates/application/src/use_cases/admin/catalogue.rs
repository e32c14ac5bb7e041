//! Plan the programme: concerts and their dates are made, changed, called off.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::decide::admin::concert::{self, ChangeConcert, WithSchedules};
use domain::decide::admin::schedule::{self, ChangeSchedule, NewSchedule};
use domain::{
    Concert, ConcertId, Money, Queue, QueueId, Refusal, Schedule, ScheduleId, SeatPlan, SeatStatus, Title, Version, Versioned, Zone,
};
use time::OffsetDateTime;

use super::Actor;
use crate::page::{Page, PageRequest};
use crate::ports::{AdminQueries, Catalogue, Ids};
use crate::{Error, GroupCommit, SeatMaps};

/// A date as its operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleReport {
    /// The date.
    pub schedule: Versioned<Schedule>,
    /// How its sale goes; none in the answer to a change after which that couldn't be read.
    pub figures: Option<SaleFigures>,
}

/// How the sale of a date goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleFigures {
    /// How many seats there are.
    pub seats: u32,
    /// How many are free.
    pub available: u32,
    /// How many are held.
    pub held: u32,
    /// How many are sold.
    pub reserved: u32,
    /// How many are taken out of the sale.
    pub blocked: u32,
    /// What was paid for those that are sold.
    pub revenue: Money,
}

/// What a date is given that an operator writes down; with no id it gets one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchedulePlan {
    /// Its id.
    pub id: Option<ScheduleId>,
    /// When the show starts.
    pub starts_at: OffsetDateTime,
    /// The hall's time zone.
    pub zone: Zone,
    /// The first instant of the sale.
    pub sale_opens_at: OffsetDateTime,
    /// The first instant after the sale.
    pub sale_closes_at: OffsetDateTime,
    /// Its seats, if they are known yet.
    pub seats: Option<SeatPlan>,
}

/// What of a concert is to change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConcertPatch {
    /// What is on the poster.
    pub name: Option<Title>,
    /// Who gives it.
    pub host: Option<Title>,
    /// The queue that admits to it.
    pub queue: Option<QueueId>,
    /// How many seats a user may have of it.
    pub max_seats_per_user: Option<Option<u32>>,
}

/// What of a date is to change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchedulePatch {
    /// When the show starts.
    pub starts_at: Option<OffsetDateTime>,
    /// The hall's time zone.
    pub zone: Option<Zone>,
    /// The first instant of the sale.
    pub sale_opens_at: Option<OffsetDateTime>,
    /// The first instant after the sale.
    pub sale_closes_at: Option<OffsetDateTime>,
}

/// A concert as its operator sees it.
pub type ConcertReport = (Versioned<Concert>, Vec<ScheduleReport>);

/// Makes concerts and their dates, and changes them.
#[derive(Clone)]
pub struct ManageCatalogue {
    commits: Arc<GroupCommit>,
    catalogue: Arc<dyn Catalogue>,
    admin: Arc<dyn AdminQueries>,
    seat_maps: Arc<SeatMaps>,
    ids: Arc<dyn Ids>,
}

impl ManageCatalogue {
    /// The use case over the way of orders, and what is read of concerts.
    pub fn new(
        commits: Arc<GroupCommit>,
        catalogue: Arc<dyn Catalogue>,
        admin: Arc<dyn AdminQueries>,
        seat_maps: Arc<SeatMaps>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self { commits, catalogue, admin, seat_maps, ids }
    }

    /// Makes a concert with its dates and their seats, whole or not at all. With no id it gets one, with no queue the default one.
    pub async fn create(
        &self,
        by: &Actor,
        id: Option<ConcertId>,
        [name, host]: [Title; 2],
        queue: Option<QueueId>,
        max_seats_per_user: Option<u32>,
        schedules: Vec<SchedulePlan>,
    ) -> Result<ConcertReport, Error> {
        // Before anything is loaded: each date is looked for.
        concert::check_schedules(schedules.len())?;
        let id = id.unwrap_or_else(|| ConcertId(self.ids.ordered()));
        let queue = queue.unwrap_or(Queue::DEFAULT);
        let schedules: Vec<NewSchedule> = schedules.into_iter().map(|schedule| self.named(schedule)).collect();
        let sizes: BTreeMap<ScheduleId, u64> = schedules.iter().map(|schedule| (schedule.id, size(schedule))).collect();
        let command = concert::Create { order: by.order(&self.ids), id, name, host, queue, max_seats_per_user, schedules };
        let (concert, schedules) = self.commits.run(command).await?.outcome;
        // Nothing is read of what was made a moment ago: it may be large, and is committed whatever comes of the reading.
        let made = |schedule: Versioned<Schedule>| {
            let figures = Some(SaleFigures::of_new(sizes.get(&schedule.id()).copied().unwrap_or_default()));
            ScheduleReport { schedule, figures }
        };
        Ok((concert, schedules.into_iter().map(made).collect()))
    }

    /// Changes what of a concert is named.
    pub async fn change(&self, by: &Actor, id: ConcertId, expected: Option<Version>, patch: ConcertPatch) -> Result<ConcertReport, Error> {
        let ConcertPatch { name, host, queue, max_seats_per_user } = patch;
        let command = ChangeConcert { order: by.order(&self.ids), id, expected, name, host, queue, max_seats_per_user };
        Ok(self.changed(self.commits.run(command).await?.outcome).await)
    }

    /// Calls all dates of a concert off.
    pub async fn cancel(&self, by: &Actor, id: ConcertId) -> Result<ConcertReport, Error> {
        let command = concert::Cancel { order: by.order(&self.ids), id };
        Ok(self.changed(self.commits.run(command).await?.outcome).await)
    }

    /// Adds a date to a concert.
    pub async fn add_schedule(&self, by: &Actor, concert: ConcertId, schedule: SchedulePlan) -> Result<ScheduleReport, Error> {
        let schedule = self.named(schedule);
        let figures = Some(SaleFigures::of_new(size(&schedule)));
        let schedule = self.commits.run(schedule::Add { order: by.order(&self.ids), concert, schedule }).await?.outcome;
        Ok(ScheduleReport { schedule, figures })
    }

    /// Changes what of a date is named.
    pub async fn change_schedule(
        &self,
        by: &Actor,
        id: ScheduleId,
        expected: Option<Version>,
        patch: SchedulePatch,
    ) -> Result<ScheduleReport, Error> {
        let SchedulePatch { starts_at, zone, sale_opens_at, sale_closes_at } = patch;
        let command = ChangeSchedule { order: by.order(&self.ids), id, expected, starts_at, zone, sale_opens_at, sale_closes_at };
        Ok(self.schedule_changed(self.commits.run(command).await?.outcome).await)
    }

    /// Calls a date off.
    pub async fn cancel_schedule(&self, by: &Actor, id: ScheduleId) -> Result<ScheduleReport, Error> {
        let command = schedule::Cancel { order: by.order(&self.ids), id };
        Ok(self.schedule_changed(self.commits.run(command).await?.outcome).await)
    }

    /// All concerts and how their sales go.
    pub async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<ConcertReport, ConcertId>, Error> {
        let mut reports = Vec::new();
        for concert in self.catalogue.concerts(page.one_more()).await? {
            let schedules = self.catalogue.schedules(concert.id()).await?;
            reports.push(self.report((concert, schedules)).await?);
        }
        Ok(page.cut(reports, |(concert, _)| concert.id()))
    }

    /// The concert and how its sales go.
    pub async fn concert(&self, id: ConcertId) -> Result<ConcertReport, Error> {
        let concert = self.catalogue.concert(id).await?.ok_or(Refusal::NotFound)?;
        let schedules = self.catalogue.schedules(id).await?;
        self.report((concert, schedules)).await
    }

    /// The date and how its sale goes.
    pub async fn schedule(&self, id: ScheduleId) -> Result<ScheduleReport, Error> {
        let schedule = self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?;
        let figures = Some(self.figures(&schedule).await?);
        Ok(ScheduleReport { schedule, figures })
    }

    fn named(&self, schedule: SchedulePlan) -> NewSchedule {
        let SchedulePlan { id, starts_at, zone, sale_opens_at, sale_closes_at, seats } = schedule;
        NewSchedule { id: id.unwrap_or_else(|| ScheduleId(self.ids.ordered())), starts_at, zone, sale_opens_at, sale_closes_at, seats }
    }

    async fn report(&self, (concert, schedules): WithSchedules) -> Result<ConcertReport, Error> {
        let mut reports = Vec::with_capacity(schedules.len());
        for schedule in schedules {
            let figures = Some(self.figures(&schedule).await?);
            reports.push(ScheduleReport { schedule, figures });
        }
        Ok((concert, reports))
    }

    /// A concert after a change: what is committed is answered, even if its figures can't be read.
    async fn changed(&self, (concert, schedules): WithSchedules) -> ConcertReport {
        let mut reports = Vec::with_capacity(schedules.len());
        for schedule in schedules {
            reports.push(self.schedule_changed(schedule).await);
        }
        (concert, reports)
    }

    /// A date after a change.
    async fn schedule_changed(&self, schedule: Versioned<Schedule>) -> ScheduleReport {
        // Why it failed is in the log.
        let figures = self.figures(&schedule).await.ok();
        ScheduleReport { schedule, figures }
    }

    async fn figures(&self, schedule: &Versioned<Schedule>) -> Result<SaleFigures, Error> {
        let map = self.seat_maps.map(schedule).await?;
        let count = |status| u32::try_from(map.seats.iter().filter(|seat| seat.status == status).count()).unwrap_or(u32::MAX);
        let (reserved, blocked) = (count(SeatStatus::Reserved), count(SeatStatus::Blocked));
        let seats = u32::try_from(map.seats.len()).unwrap_or(u32::MAX);
        let revenue = self.admin.revenue(schedule.id()).await?;
        Ok(SaleFigures { seats, available: map.available, held: map.held, reserved, blocked, revenue })
    }
}

impl SaleFigures {
    /// Those of a date that was made with so many seats.
    fn of_new(seats: u64) -> Self {
        let seats = u32::try_from(seats).unwrap_or(u32::MAX);
        Self { seats, available: seats, held: 0, reserved: 0, blocked: 0, revenue: Money::ZERO }
    }
}

/// How many seats a date is made with.
fn size(schedule: &NewSchedule) -> u64 {
    schedule.seats.as_ref().map_or(0, SeatPlan::size)
}
