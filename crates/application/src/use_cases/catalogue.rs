//! The catalogue, as clients read it.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{
    Concert, ConcertFilter, ConcertId, ConcertSummary, LayoutHash, ListPosition, ListedConcert, OfferedSeats, PriceRange, Refusal,
    Schedule, ScheduleId, ScheduleState, Venue, Versioned,
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use time::OffsetDateTime;

use crate::catalogue::ConcertSchedules;
use crate::page::{Page, PageRequest};
use crate::ports::Clock;
use crate::{CatalogueModel, Error, HashedLayout, Layouts, SeatMap, SeatMaps, SeatStatuses};

/// The number of concerts that are compared with a filter before other tasks may run.
const CHUNK: usize = 64;
/// The number of concerts that are read at once if they aren't in memory.
const READS: usize = 4;

/// The public view of a concert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcertView {
    /// The concert.
    pub concert: Versioned<Concert>,
    /// What the public sees of its schedules.
    pub summary: ConcertSummary,
}

/// The public view of a schedule, without the number of its available seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicSchedule {
    /// The schedule.
    pub schedule: Versioned<Schedule>,
    /// Where its concert takes place, if this is known.
    pub venue: Option<Venue>,
    /// Its state.
    pub state: ScheduleState,
    /// The prices of its seats, if they are offered; none once it has ended or been cancelled.
    pub prices: Option<PriceRange>,
}

/// The view that active users have of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleView {
    /// The schedule.
    pub schedule: Versioned<Schedule>,
    /// The number of available seats.
    pub available: u32,
    /// The number of seats.
    pub seats: u32,
    /// Whether the sale is open.
    pub on_sale: bool,
}

impl ScheduleView {
    /// Whether a seat can be held now.
    #[must_use]
    pub const fn is_bookable(&self) -> bool {
        self.on_sale && self.available > 0
    }
}

/// Reads concerts, their schedules and seats, usually from memory.
#[derive(Clone)]
pub struct Concerts {
    catalogue: Arc<CatalogueModel>,
    seat_maps: Arc<SeatMaps>,
    layouts: Arc<Layouts>,
    clock: Arc<dyn Clock>,
}

impl Concerts {
    /// Creates the use case over the catalogue, the seat maps and the layouts.
    pub fn new(catalogue: Arc<CatalogueModel>, seat_maps: Arc<SeatMaps>, layouts: Arc<Layouts>, clock: Arc<dyn Clock>) -> Self {
        Self { catalogue, seat_maps, layouts, clock }
    }

    /// Returns the instant from which states and countdowns are calculated.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Returns public concerts in the order of public lists.
    pub async fn concerts(
        &self,
        filter: &ConcertFilter,
        page: PageRequest<ListPosition>,
    ) -> Result<Page<ConcertView, ListPosition>, Error> {
        let now = self.clock.now();
        let wanted = page.one_more();
        let size = usize::try_from(wanted.size).unwrap_or(usize::MAX);
        let index = self.catalogue.concert_index(now).await?;
        let mut listed: Vec<(ListPosition, &ListedConcert)> = Vec::new();
        for chunk in index.after(page.after).chunks(CHUNK) {
            let matching = chunk.iter().filter(|(_, concert)| concert.matches(filter, now));
            let matching: Vec<_> = matching.map(|(position, concert)| (*position, &**concert)).collect();
            listed.extend(if filter.on_sale { self.with_unsold_seats(matching, now).await? } else { matching });
            if listed.len() >= size {
                break;
            }
            tokio::task::yield_now().await;
        }
        listed.truncate(size);
        let Page { items, next } = page.cut(listed, |(position, _)| *position);
        let ids: Vec<ConcertId> = items.into_iter().map(|(position, _)| position.id).collect();
        Ok(Page { items: self.views(ids, now).await?, next })
    }

    /// Returns the concert, if it is public.
    pub async fn concert(&self, id: ConcertId) -> Result<ConcertView, Error> {
        Ok(self.views(vec![id], self.clock.now()).await?.pop().ok_or(Refusal::NotFound)?)
    }

    /// Returns the schedule, if its concert is public.
    pub async fn schedule(&self, id: ScheduleId) -> Result<PublicSchedule, Error> {
        let now = self.clock.now();
        let schedule = self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?;
        let concert =
            self.catalogue.concert(schedule.concert()).await?.filter(|concert| concert.is_public(now)).ok_or(Refusal::NotFound)?;
        self.show_schedule(&concert, schedule, now).await
    }

    /// Returns the view of a schedule of `concert`.
    pub(super) async fn show_schedule(
        &self,
        concert: &Concert,
        schedule: Versioned<Schedule>,
        now: OffsetDateTime,
    ) -> Result<PublicSchedule, Error> {
        let seats = self.offered_seats([&schedule.row], now).await?.remove(&schedule.id());
        let (state, venue) = (ScheduleState::of(&schedule, seats, now), concert.venue().cloned());
        Ok(PublicSchedule { schedule, venue, state, prices: seats.map(|seats| seats.prices) })
    }

    /// Returns those of the concerts that have unsold seats of a schedule on sale.
    async fn with_unsold_seats<'a>(
        &self,
        concerts: Vec<(ListPosition, &'a ListedConcert)>,
        now: OffsetDateTime,
    ) -> Result<Vec<(ListPosition, &'a ListedConcert)>, Error> {
        let on_sale: Vec<ScheduleId> = concerts.iter().flat_map(|(_, concert)| concert.on_sale(now)).collect();
        let seats = self.catalogue.offered_seats(&on_sale, now).await?;
        let has_unsold = |id: ScheduleId| seats.get(&id).is_some_and(|seats| seats.has_unsold);
        Ok(concerts.into_iter().filter(|(_, concert)| concert.on_sale(now).any(has_unsold)).collect())
    }

    /// Returns the views of those of the concerts that are public.
    async fn views(&self, ids: Vec<ConcertId>, now: OffsetDateTime) -> Result<Vec<ConcertView>, Error> {
        self.show(self.found(ids, now).await?, now).await
    }

    /// Returns those of the concerts that are public, with their schedules.
    pub(super) async fn found(&self, ids: Vec<ConcertId>, now: OffsetDateTime) -> Result<Vec<ConcertSchedules>, Error> {
        let read = stream::iter(ids).map(|id| self.catalogue.concert_schedules(id)).buffered(READS);
        let found: Vec<Option<ConcertSchedules>> = read.try_collect().await?;
        Ok(found.into_iter().flatten().filter(|found| found.concert.is_public(now)).collect())
    }

    /// Returns the views of concerts.
    pub(super) async fn show(&self, found: Vec<ConcertSchedules>, now: OffsetDateTime) -> Result<Vec<ConcertView>, Error> {
        let seats = self.offered_seats(found.iter().flat_map(|found| &found.schedules).map(|schedule| &schedule.row), now).await?;
        let view = |ConcertSchedules { concert, schedules }: ConcertSchedules| {
            let offers: Vec<_> = schedules.iter().map(|schedule| (&schedule.row, seats.get(&schedule.id()).copied())).collect();
            let summary = ConcertSummary::of(&concert, &offers, now);
            ConcertView { concert, summary }
        };
        Ok(found.into_iter().map(view).collect())
    }

    /// Returns the offered seats of those of `schedules` that have neither ended nor been cancelled.
    async fn offered_seats<'a>(
        &self,
        schedules: impl IntoIterator<Item = &'a Schedule>,
        now: OffsetDateTime,
    ) -> Result<HashMap<ScheduleId, OfferedSeats>, Error> {
        let ahead = schedules.into_iter().filter(|schedule| ScheduleState::of(schedule, None, now).is_ahead());
        let ids: Vec<ScheduleId> = ahead.map(Schedule::id).collect();
        self.catalogue.offered_seats(&ids, now).await
    }

    /// Returns the schedules of a concert by start, only those with seats that can be held if `bookable` is set; none if the cursor is not
    /// a schedule of the concert.
    pub async fn schedules(
        &self,
        concert: ConcertId,
        bookable: bool,
        page: PageRequest<ScheduleId>,
    ) -> Result<Option<Page<ScheduleView, ScheduleId>>, Error> {
        let mut schedules = Vec::new();
        for schedule in self.catalogue.schedules(concert).await? {
            // The counts: the maps of all schedules of a concert would evict those that users look at.
            let stock = self.seat_maps.stock(&schedule).await?;
            let on_sale = schedule.is_on_sale(self.clock.now());
            let count = |seats: u64| u32::try_from(seats).unwrap_or(u32::MAX);
            schedules.push(ScheduleView { available: count(stock.available), seats: count(stock.seats), on_sale, schedule });
        }
        // The cursor is looked up among all schedules: its schedule may no longer be bookable.
        let start = match page.after.map(|id| schedules.iter().position(|schedule| schedule.schedule.id() == id)) {
            None => 0,
            Some(Some(index)) => index + 1,
            Some(None) => return Ok(None),
        };
        let rest = schedules.into_iter().skip(start).filter(|schedule| !bookable || schedule.is_bookable());
        let size = usize::try_from(page.one_more().size).unwrap_or(usize::MAX);
        Ok(Some(page.cut(rest.take(size).collect(), |schedule| schedule.schedule.id())))
    }

    /// Returns the seats of a schedule.
    pub async fn seats(&self, schedule: &Schedule) -> Result<Arc<SeatMap>, Error> {
        self.seat_maps.map(schedule).await
    }

    /// Returns only the statuses of the seats of a schedule, which costs less.
    pub async fn statuses(&self, schedule: &Schedule) -> Result<SeatStatuses, Error> {
        self.seat_maps.statuses(schedule).await
    }

    /// Returns the layout of a schedule.
    pub async fn layout(&self, schedule: &Schedule) -> Result<Arc<HashedLayout>, Error> {
        self.layouts.of(schedule).await
    }

    /// Returns the layout of a schedule with this hash: the current one, or an earlier one.
    pub async fn layout_by_hash(&self, id: ScheduleId, hash: LayoutHash) -> Result<Arc<HashedLayout>, Error> {
        let schedule = self.schedule(id).await?;
        let current = self.layouts.of(&schedule.schedule).await?;
        if current.hash == hash {
            return Ok(current);
        }
        Ok(self.layouts.stored(hash).await?.ok_or(Refusal::NotFound)?)
    }
}
