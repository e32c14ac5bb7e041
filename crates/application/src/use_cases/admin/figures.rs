//! The figures of the sale of schedules, counted by the store.

use std::collections::BTreeMap;

use domain::{Money, Schedule, ScheduleId, Versioned};
use time::OffsetDateTime;

use crate::Error;
use crate::ports::{AdminQueries, ScheduleTotals};

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

    /// Returns the figures of a new schedule with this number of seats.
    pub(super) fn of_new(seats: u64) -> Self {
        let seats = u32::try_from(seats).unwrap_or(u32::MAX);
        Self { seats, available: seats, held: 0, reserved: 0, blocked: 0, revenue: Money::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use domain::Cancellation;
    use domain::testing::{NOW, SCHEDULE, a_schedule, schedule, won};

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
