//! Summaries of concerts: what the public catalogue shows of all schedules of a concert together.

use time::OffsetDateTime;

use crate::{Concert, OfferedSeats, PriceRange, Schedule, ScheduleId, ScheduleState};

/// What the public sees of a concert's schedules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcertSummary {
    /// The state of the concert.
    pub state: ScheduleState,
    /// The prices of all schedules that have neither ended nor been cancelled, as far as their seats are offered.
    pub prices: Option<PriceRange>,
    /// The first opening of a sale of these schedules.
    pub sale_opens_at: Option<OffsetDateTime>,
    /// The first schedule, cancelled or not.
    pub first: Option<ScheduleSummary>,
    /// The last schedule, cancelled or not.
    pub last: Option<ScheduleSummary>,
    /// The next schedule: the first that hasn't started and isn't cancelled.
    pub next: Option<ScheduleSummary>,
}

/// What the public sees of a schedule in the summary of its concert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleSummary {
    /// The schedule.
    pub id: ScheduleId,
    /// The start of the show.
    pub starts_at: OffsetDateTime,
    /// The state of the schedule.
    pub state: ScheduleState,
}

impl ConcertSummary {
    /// Returns the summary at `now` of `concert` with all its `schedules`, by start, and their offered seats.
    #[must_use]
    pub fn of(concert: &Concert, schedules: &[(&Schedule, Option<OfferedSeats>)], now: OffsetDateTime) -> Self {
        let states: Vec<_> = schedules.iter().map(|(schedule, seats)| (*schedule, ScheduleState::of(schedule, *seats, now))).collect();
        let ahead = || states.iter().zip(schedules).filter(|((_, state), _)| state.is_ahead()).map(|(_, schedule)| schedule);
        let summary = |(schedule, state): &(&Schedule, ScheduleState)| ScheduleSummary {
            id: schedule.id(),
            starts_at: schedule.starts_at(),
            state: *state,
        };
        Self {
            state: ScheduleState::of_concert(concert, &states, now),
            prices: ahead().filter_map(|(_, seats)| seats.map(|seats| seats.prices)).reduce(PriceRange::and),
            sale_opens_at: ahead().map(|(schedule, _)| schedule.sale_opens_at()).min(),
            first: states.first().map(summary),
            last: states.last().map(summary),
            next: states.iter().find(|(schedule, _)| !schedule.is_cancelled() && !schedule.has_started(now)).map(summary),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::testing::{NOW, a_concert, a_schedule, schedule, won};
    use crate::{Cancellation, ScheduleId};

    const DAY: Duration = Duration::DAY;

    /// Returns a schedule that starts in `days`, whose sale opened or opens a week before, and closes with the start.
    fn in_days(number: u64, days: i32) -> Schedule {
        let starts_at = NOW + DAY * days;
        a_schedule().row.with_id(schedule(number)).with_start(starts_at).with_sale(starts_at - DAY * 7..starts_at)
    }

    fn seats(prices: std::ops::RangeInclusive<i64>) -> OfferedSeats {
        OfferedSeats { has_unsold: true, count: 1, prices: PriceRange { min: won(*prices.start()), max: won(*prices.end()) } }
    }

    #[test]
    fn a_summary_has_the_first_the_last_and_the_next_schedule() {
        let past = in_days(1, -1);
        let cancelled = in_days(2, 1).cancel(Cancellation { at: NOW, reason: None });
        let (next, last) = (in_days(3, 2), in_days(4, 9));
        let all =
            [(&past, Some(seats(1..=99))), (&cancelled, Some(seats(2..=98))), (&next, Some(seats(30..=40))), (&last, Some(seats(20..=35)))];
        let summary = ConcertSummary::of(&a_concert(), &all, NOW);
        let id = |summary: Option<ScheduleSummary>| summary.map(|schedule| (schedule.id, schedule.state));
        let expected = |number, state| -> Option<(ScheduleId, ScheduleState)> { Some((schedule(number), state)) };
        assert_eq!(summary.state, ScheduleState::OnSale);
        assert_eq!(id(summary.first), expected(1, ScheduleState::Ended));
        assert_eq!(id(summary.next), expected(3, ScheduleState::OnSale));
        assert_eq!(id(summary.last), expected(4, ScheduleState::Announced));
        assert_eq!(summary.sale_opens_at, Some(next.sale_opens_at()));
        let prices = summary.prices.map(|prices| (prices.min.minor(), prices.max.minor()));
        assert_eq!(prices, Some((20, 40)), "of schedules that have neither ended nor been cancelled");
    }

    #[test]
    fn a_concert_without_schedules_or_after_the_last_has_no_next_schedule_and_no_prices() {
        let past = in_days(1, -1);
        for (schedules, state) in [(vec![], ScheduleState::Announced), (vec![(&past, Some(seats(1..=2)))], ScheduleState::Ended)] {
            let summary = ConcertSummary::of(&a_concert(), &schedules, NOW);
            assert_eq!((summary.state, summary.prices, summary.sale_opens_at, summary.next), (state, None, None, None));
            assert_eq!((summary.first.is_some(), summary.last.is_some()), (!schedules.is_empty(), !schedules.is_empty()));
        }
    }
}
