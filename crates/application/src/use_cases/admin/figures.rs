//! The figures of the sale of schedules, counted by the store.

use std::collections::{BTreeMap, HashMap};

use domain::layout::{Category, CategoryId};
use domain::{Layout, Money, Schedule, ScheduleId, SeatStatus, Versioned};
use time::OffsetDateTime;

use crate::ports::{AdminQueries, ScheduleTotals};
use crate::{Error, SeatMap, SeatView};

/// The maximum number of schedules whose seats are counted by one query, so that no query reads too many seats for its time limit.
const SCHEDULES_PER_QUERY: usize = 32;

/// The figures of the sale of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleFigures {
    /// The number of seats.
    pub seats: u32,
    /// The number of available seats.
    pub available: u32,
    /// The number of held seats.
    pub held: u32,
    /// The number of sold seats.
    pub reserved: u32,
    /// The number of blocked seats, which are not for sale.
    pub blocked: u32,
    /// The amount paid for the sold seats.
    pub revenue: Money,
}

/// The figures of the sale of the seats of one price category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryFigures {
    /// The category.
    pub category: Category,
    /// The figures of its seats.
    pub figures: SaleFigures,
}

/// Returns the figures of each category of `layout` by the seats of `map`. A sold seat keeps its price, so the prices of the sold seats are
/// what was paid for them.
pub(super) fn by_category(layout: &Layout, map: &SeatMap) -> Vec<CategoryFigures> {
    let mut figures: HashMap<&CategoryId, SaleFigures> = HashMap::new();
    let places = layout.places();
    for seat in &map.seats {
        let Some(place) = places.find(seat.number) else { continue };
        figures.entry(&place.row.category).or_insert_with(|| SaleFigures::of_new(0)).add(seat);
    }
    let of = |category: &Category| CategoryFigures {
        figures: figures.get(&category.id).copied().unwrap_or_else(|| SaleFigures::of_new(0)),
        category: category.clone(),
    };
    layout.categories.iter().map(of).collect()
}

/// The figures of schedules, by their ids.
pub(super) type AllFigures = BTreeMap<ScheduleId, SaleFigures>;

/// Returns the figures of each of `schedules` at `now`.
pub(super) async fn figures_of(
    admin: &dyn AdminQueries,
    schedules: impl IntoIterator<Item = &Versioned<Schedule>>,
    now: OffsetDateTime,
) -> Result<AllFigures, Error> {
    let schedules: Vec<_> = schedules.into_iter().collect();
    let mut figures = AllFigures::new();
    for some in schedules.chunks(SCHEDULES_PER_QUERY) {
        let ids: Vec<ScheduleId> = some.iter().map(|schedule| schedule.id()).collect();
        let totals = admin.schedule_totals(&ids, now).await?;
        let of = |schedule: &Schedule| SaleFigures::of(totals.get(&schedule.id()).copied().unwrap_or_default(), schedule);
        figures.extend(some.iter().map(|schedule| (schedule.id(), of(schedule))));
    }
    Ok(figures)
}

impl SaleFigures {
    /// Returns the figures of `schedule` with these totals. A hold has ended when its deadline has passed, or the schedule is cancelled.
    fn of(totals: ScheduleTotals, schedule: &Schedule) -> Self {
        let ScheduleTotals { available, held, lapsed, reserved, blocked, revenue } = totals;
        let count = |seats: u64| u32::try_from(seats).unwrap_or(u32::MAX);
        let (held, ended) = if schedule.is_cancelled() { (0, held + lapsed) } else { (held, lapsed) };
        Self {
            seats: count(available + held + ended + reserved + blocked),
            available: count(available + ended),
            held: count(held),
            reserved: count(reserved),
            blocked: count(blocked),
            revenue,
        }
    }

    /// Adds a seat.
    fn add(&mut self, seat: &SeatView) {
        self.seats += 1;
        match seat.status {
            SeatStatus::Available => self.available += 1,
            SeatStatus::Held => self.held += 1,
            SeatStatus::Blocked => self.blocked += 1,
            SeatStatus::Reserved => {
                self.reserved += 1;
                // The prices of 100,000 seats, each at most the largest balance, are within the range of amounts unless that is enormous.
                self.revenue = self.revenue.plus(seat.price).unwrap_or(self.revenue);
            }
        }
    }

    /// Returns the figures of a new schedule with this number of seats.
    pub(super) fn of_new(seats: u64) -> Self {
        let seats = u32::try_from(seats).unwrap_or(u32::MAX);
        Self { seats, available: seats, held: 0, reserved: 0, blocked: 0, revenue: Money::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use domain::Cancellation;
    use domain::testing::{NOW, SCHEDULE, a_schedule, schedule, seat_number, won};

    use super::*;
    use crate::ports::MockAdminQueries;

    fn totals() -> ScheduleTotals {
        ScheduleTotals { available: 5, held: 2, lapsed: 1, reserved: 3, blocked: 4, revenue: won(700) }
    }

    fn figures(available: u32, held: u32) -> SaleFigures {
        SaleFigures { seats: 15, available, held, reserved: 3, blocked: 4, revenue: won(700) }
    }

    #[test]
    fn seats_of_ended_holds_are_available() {
        let on_sale = a_schedule().row;
        let cancelled = on_sale.clone().cancel(Cancellation { at: NOW, reason: None });
        assert_eq!(SaleFigures::of(totals(), &on_sale), figures(6, 2), "a hold past its deadline");
        assert_eq!(SaleFigures::of(totals(), &cancelled), figures(8, 0), "all holds of a cancelled schedule");
    }

    #[test]
    fn each_category_has_the_figures_of_its_seats() {
        let label = |number: u32| format!("Row A {number}");
        let labels: Vec<_> = (1..=6).map(label).collect();
        let price = |number: u32| won(if number <= 4 { 100 } else { 70 });
        let seats = (1..=6).zip(&labels).map(|(number, label)| (seat_number(number), label.as_str(), price(number), false));
        let mut layout = Layout::of(seats).unwrap();
        layout.categories.push(Category::of_price(won(5)).unwrap());
        let statuses = [
            SeatStatus::Reserved,
            SeatStatus::Reserved,
            SeatStatus::Available,
            SeatStatus::Held,
            SeatStatus::Blocked,
            SeatStatus::Reserved,
        ];
        let view = |(number, status)| SeatView {
            number: seat_number(number),
            label: label(number).into(),
            status,
            price: price(number),
            accessible: false,
        };
        let map = SeatMap { version: 1, lapsed: 0, available: 1, held: 1, seats: (1..=6).zip(statuses).map(view).collect() };

        let found: Vec<_> = by_category(&layout, &map).into_iter().map(|found| (found.category.price.minor(), found.figures)).collect();

        let dear = SaleFigures { seats: 4, available: 1, held: 1, reserved: 2, blocked: 0, revenue: won(200) };
        let cheap = SaleFigures { seats: 2, available: 0, held: 0, reserved: 1, blocked: 1, revenue: won(70) };
        assert_eq!(found, [(100, dear), (70, cheap), (5, SaleFigures::of_new(0))]);
    }

    #[tokio::test]
    async fn many_schedules_are_counted_by_few_queries_and_those_without_seats_have_zeros() {
        let mut admin = MockAdminQueries::new();
        admin.expect_schedule_totals().times(2).returning(move |ids, now| {
            assert!(ids.len() <= SCHEDULES_PER_QUERY && now == NOW);
            Ok(ids.iter().filter(|id| **id == SCHEDULE).map(|id| (*id, totals())).collect())
        });
        let mut schedules = vec![a_schedule()];
        schedules.extend((100..140).map(|number| a_schedule().with(|row| row.with_id(schedule(number)))));
        let found = figures_of(&admin, &schedules, NOW).await.unwrap();
        assert_eq!(found.len(), schedules.len());
        assert_eq!((found[&SCHEDULE], found[&schedule(100)]), (figures(6, 2), SaleFigures::of_new(0)));
    }
}
