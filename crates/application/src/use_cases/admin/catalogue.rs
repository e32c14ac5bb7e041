//! Management of the catalogue: creates, changes and cancels concerts and schedules.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::decide::admin::concert::{self, ChangeConcert, ListingPatch, WithSchedules};
use domain::decide::admin::schedule::{self, ChangeSchedule, NewSchedule};
use domain::{Concert, ConcertId, Layout, Listing, Queue, QueueId, Refusal, Schedule, ScheduleId, Title, Version, Versioned, Zone};
use time::OffsetDateTime;

use super::Actor;
use super::figures::{AllFigures, CategoryFigures, SaleFigures, by_category, figures_of};
use crate::page::{Page, PageRequest};
use crate::ports::{AdminQueries, Catalogue, Clock, Ids};
use crate::{Error, GroupCommit, Layouts, SeatMaps};

/// The operator's view of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleReport {
    /// The schedule.
    pub schedule: Versioned<Schedule>,
    /// The figures of its sale; none in the answer to a change after which they couldn't be read.
    pub figures: Option<SaleFigures>,
    /// The figures of each price category, if the schedule was requested alone.
    pub categories: Option<Vec<CategoryFigures>>,
}

/// A new schedule, as an operator specifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchedulePlan {
    /// Its id; without one, an id is generated.
    pub id: Option<ScheduleId>,
    /// When the show starts.
    pub starts_at: OffsetDateTime,
    /// The venue's time zone.
    pub zone: Zone,
    /// The first instant of the sale.
    pub sale_opens_at: OffsetDateTime,
    /// The first instant after the sale.
    pub sale_closes_at: OffsetDateTime,
    /// Its seats, if they are known yet.
    pub seats: Option<Layout>,
}

/// A new concert, as an operator specifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcertPlan {
    /// Its id; without one, an id is generated.
    pub id: Option<ConcertId>,
    /// Its name.
    pub name: Title,
    /// Its host.
    pub host: Title,
    /// The queue that admits to it; without one, it is the default queue.
    pub queue: Option<QueueId>,
    /// The maximum number of its seats per user.
    pub max_seats_per_user: Option<u32>,
    /// What the public catalogue shows of it.
    pub listing: Listing,
    /// Its schedules.
    pub schedules: Vec<SchedulePlan>,
}

/// The changes of a concert.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConcertPatch {
    /// Its name.
    pub name: Option<Title>,
    /// Its host.
    pub host: Option<Title>,
    /// The queue that admits to it.
    pub queue: Option<QueueId>,
    /// The maximum number of its seats per user.
    pub max_seats_per_user: Option<Option<u32>>,
    /// What the public catalogue shows of it.
    pub listing: ListingPatch,
}

/// The changes of a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchedulePatch {
    /// When the show starts.
    pub starts_at: Option<OffsetDateTime>,
    /// The venue's time zone.
    pub zone: Option<Zone>,
    /// The first instant of the sale.
    pub sale_opens_at: Option<OffsetDateTime>,
    /// The first instant after the sale.
    pub sale_closes_at: Option<OffsetDateTime>,
}

/// The operator's view of a concert.
pub type ConcertReport = (Versioned<Concert>, Vec<ScheduleReport>);

/// Creates and changes concerts and their schedules.
#[derive(Clone)]
pub struct ManageCatalogue {
    commits: Arc<GroupCommit>,
    catalogue: Arc<dyn Catalogue>,
    admin: Arc<dyn AdminQueries>,
    seat_maps: Arc<SeatMaps>,
    layouts: Arc<Layouts>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl ManageCatalogue {
    /// Creates the use case over the group commit of operators' commands, the ports that read concerts, and the seats with their layouts.
    pub fn new(
        commits: Arc<GroupCommit>,
        catalogue: Arc<dyn Catalogue>,
        admin: Arc<dyn AdminQueries>,
        (seat_maps, layouts): (Arc<SeatMaps>, Arc<Layouts>),
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self { commits, catalogue, admin, seat_maps, layouts, clock, ids }
    }

    /// Creates a concert with its schedules and their seats, completely or not at all.
    pub async fn create(&self, by: &Actor, plan: ConcertPlan) -> Result<ConcertReport, Error> {
        let ConcertPlan { id, name, host, queue, max_seats_per_user, listing, schedules } = plan;
        // Checked before the load, because each schedule is looked up.
        concert::check_schedules(schedules.len())?;
        let id = id.unwrap_or_else(|| ConcertId(self.ids.ordered()));
        let queue = queue.unwrap_or(Queue::DEFAULT);
        let schedules: Vec<NewSchedule> = schedules.into_iter().map(|schedule| self.new_schedule(schedule)).collect();
        let sizes: BTreeMap<ScheduleId, u64> = schedules.iter().map(|schedule| (schedule.id, size(schedule))).collect();
        let command = concert::Create { order: by.order(&self.ids), id, name, host, queue, max_seats_per_user, listing, schedules };
        let (concert, schedules) = self.commits.run(command).await?.outcome;
        // The new rows are not read again: there may be many, and they are committed even if the read fails.
        let report = |schedule: Versioned<Schedule>| {
            let figures = Some(SaleFigures::of_new(sizes.get(&schedule.id()).copied().unwrap_or_default()));
            ScheduleReport { schedule, figures, categories: None }
        };
        Ok((concert, schedules.into_iter().map(report).collect()))
    }

    /// Changes the specified fields of a concert.
    pub async fn change(&self, by: &Actor, id: ConcertId, expected: Option<Version>, patch: ConcertPatch) -> Result<ConcertReport, Error> {
        let ConcertPatch { name, host, queue, max_seats_per_user, listing } = patch;
        let command = ChangeConcert { order: by.order(&self.ids), id, expected, name, host, queue, max_seats_per_user, listing };
        Ok(self.report_changed(self.commits.run(command).await?.outcome).await)
    }

    /// Cancels all schedules of a concert.
    pub async fn cancel(&self, by: &Actor, id: ConcertId) -> Result<ConcertReport, Error> {
        let command = concert::Cancel { order: by.order(&self.ids), id };
        Ok(self.report_changed(self.commits.run(command).await?.outcome).await)
    }

    /// Adds a schedule to a concert.
    pub async fn add_schedule(&self, by: &Actor, concert: ConcertId, schedule: SchedulePlan) -> Result<ScheduleReport, Error> {
        let schedule = self.new_schedule(schedule);
        let figures = Some(SaleFigures::of_new(size(&schedule)));
        let schedule = self.commits.run(schedule::Add { order: by.order(&self.ids), concert, schedule }).await?.outcome;
        Ok(ScheduleReport { schedule, figures, categories: None })
    }

    /// Changes the specified fields of a schedule.
    pub async fn change_schedule(
        &self,
        by: &Actor,
        id: ScheduleId,
        expected: Option<Version>,
        patch: SchedulePatch,
    ) -> Result<ScheduleReport, Error> {
        let SchedulePatch { starts_at, zone, sale_opens_at, sale_closes_at } = patch;
        let command = ChangeSchedule { order: by.order(&self.ids), id, expected, starts_at, zone, sale_opens_at, sale_closes_at };
        Ok(self.report_changed_schedule(self.commits.run(command).await?.outcome).await)
    }

    /// Cancels a schedule.
    pub async fn cancel_schedule(&self, by: &Actor, id: ScheduleId) -> Result<ScheduleReport, Error> {
        let command = schedule::Cancel { order: by.order(&self.ids), id };
        Ok(self.report_changed_schedule(self.commits.run(command).await?.outcome).await)
    }

    /// Returns all concerts and the figures of their sales.
    pub async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<ConcertReport, ConcertId>, Error> {
        let concerts = page.cut(self.catalogue.concerts(page.one_more()).await?, |concert| concert.id());
        let mut found = Vec::with_capacity(concerts.items.len());
        for concert in concerts.items {
            let schedules = self.catalogue.schedules(concert.id()).await?;
            found.push((concert, schedules));
        }
        let figures = self.figures(found.iter().flat_map(|(_, schedules)| schedules)).await?;
        Ok(Page { items: found.into_iter().map(|found| report(found, &figures)).collect(), next: concerts.next })
    }

    /// Returns the concert and the figures of its sales.
    pub async fn concert(&self, id: ConcertId) -> Result<ConcertReport, Error> {
        let concert = self.catalogue.concert(id).await?.ok_or(Refusal::NotFound)?;
        let schedules = self.catalogue.schedules(id).await?;
        let figures = self.figures(&schedules).await?;
        Ok(report((concert, schedules), &figures))
    }

    /// Returns the schedule without its figures.
    pub async fn find_schedule(&self, id: ScheduleId) -> Result<Schedule, Error> {
        Ok(self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?.row)
    }

    /// Returns the schedule and the figures of its sale, in total and by category.
    pub async fn schedule(&self, id: ScheduleId) -> Result<ScheduleReport, Error> {
        let schedule = self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?;
        let figures = self.figures([&schedule]).await?.remove(&id);
        let (layout, map) = (self.layouts.of(&schedule).await?, self.seat_maps.map(&schedule).await?);
        let categories = Some(by_category(&layout.layout, &map));
        Ok(ScheduleReport { schedule, figures, categories })
    }

    fn new_schedule(&self, schedule: SchedulePlan) -> NewSchedule {
        let SchedulePlan { id, starts_at, zone, sale_opens_at, sale_closes_at, seats } = schedule;
        NewSchedule { id: id.unwrap_or_else(|| ScheduleId(self.ids.ordered())), starts_at, zone, sale_opens_at, sale_closes_at, seats }
    }

    /// Reports a concert after a change: the change is committed and is reported even if the figures can't be read.
    async fn report_changed(&self, found: WithSchedules) -> ConcertReport {
        // The cause of a failure is logged already.
        let figures = self.figures(&found.1).await.unwrap_or_default();
        report(found, &figures)
    }

    /// Reports a schedule after a change.
    async fn report_changed_schedule(&self, schedule: Versioned<Schedule>) -> ScheduleReport {
        let figures = self.figures([&schedule]).await.ok().and_then(|mut figures| figures.remove(&schedule.id()));
        ScheduleReport { schedule, figures, categories: None }
    }

    async fn figures(&self, schedules: impl IntoIterator<Item = &Versioned<Schedule>>) -> Result<AllFigures, Error> {
        figures_of(&*self.admin, schedules, self.clock.now()).await
    }
}

/// Returns the report of a concert with the figures of its schedules, as far as they are known.
fn report((concert, schedules): WithSchedules, figures: &AllFigures) -> ConcertReport {
    let report =
        |schedule: Versioned<Schedule>| ScheduleReport { figures: figures.get(&schedule.id()).copied(), schedule, categories: None };
    (concert, schedules.into_iter().map(report).collect())
}

/// Returns the number of seats of a new schedule.
fn size(schedule: &NewSchedule) -> u64 {
    schedule.seats.as_ref().map_or(0, Layout::size)
}
