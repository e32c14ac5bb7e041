//! The pace of admission, as measured, and what may be expected from it.

use std::collections::VecDeque;

use time::{Duration, OffsetDateTime};

/// Who is near the front asks again after this.
pub(super) const SOONEST_POLL: Duration = Duration::seconds(1);
/// Who is far back asks again after this.
const LATEST_POLL: Duration = Duration::seconds(30);
/// So much of the expected wait passes between two polls.
const POLLS_A_WAIT: i32 = 20;
/// Without an estimate, so many people ahead make the poll a second later.
const PEOPLE_A_SECOND: u64 = 100;
/// Admissions older than this tell nothing about the pace.
const MEMORY: Duration = Duration::minutes(5);
/// The shortest span that a pace is measured over, lest one batch look like a stampede.
const SHORTEST_SPAN: Duration = Duration::seconds(10);
/// The 90 % quantile of the normal distribution, in standard deviations.
const P90_DEVIATIONS: f64 = 1.2816;

/// Counts admissions by the second.
#[derive(Debug, Default)]
pub(super) struct Pace {
    seconds: VecDeque<(OffsetDateTime, u32)>,
}

/// How long the wait may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Half of those in this place wait no longer; none if the pace isn't known.
    pub p50: Option<Duration>,
    /// Nine of ten of those in this place wait no longer; none if the pace isn't known.
    pub p90: Option<Duration>,
}

impl Pace {
    pub(super) fn admitted(&mut self, at: OffsetDateTime) {
        match self.seconds.back_mut() {
            Some((second, count)) if at - *second < Duration::SECOND => *count += 1,
            Some(_) | None => self.seconds.push_back((at, 1)),
        }
        while self.seconds.front().is_some_and(|(second, _)| *second + MEMORY < at) {
            self.seconds.pop_front();
        }
    }

    /// Admissions a second; none if nobody was admitted lately.
    pub(super) fn per_second(&self, now: OffsetDateTime) -> Option<f64> {
        let lately = || self.seconds.iter().filter(|(second, _)| now < *second + MEMORY);
        let (first, _) = lately().next()?;
        let span = (now - *first).max(SHORTEST_SPAN).as_seconds_f64();
        let admitted: f64 = lately().map(|(_, count)| f64::from(*count)).sum();
        Some(admitted / span)
    }

    /// What the user at `position` may expect: the sum of `position` waits of one admission each, taken as normal.
    pub(super) fn estimate(&self, position: u64, now: OffsetDateTime) -> Estimate {
        let Some(rate) = self.per_second(now) else { return Estimate { p50: None, p90: None } };
        let people = f64::from(u32::try_from(position).unwrap_or(u32::MAX));
        let seconds = |people: f64| Some(Duration::seconds_f64((people / rate).min(f64::from(u32::MAX))));
        Estimate { p50: seconds(people), p90: seconds(P90_DEVIATIONS.mul_add(people.sqrt(), people)) }
    }
}

impl Estimate {
    /// When to ask again: the sooner, the nearer the front is.
    #[must_use]
    pub fn poll_after(&self, position: u64) -> Duration {
        let ahead = i64::try_from(position / PEOPLE_A_SECOND).unwrap_or(i64::MAX).min(LATEST_POLL.whole_seconds());
        let hint = self.p50.map_or(Duration::seconds(ahead), |wait| wait / POLLS_A_WAIT);
        Duration::seconds(hint.clamp(SOONEST_POLL, LATEST_POLL).whole_seconds())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);

    #[test]
    fn nothing_is_known_before_the_first_admission_and_long_after_the_last() {
        let mut pace = Pace::default();
        assert_eq!(pace.estimate(10, START).p50, None);
        pace.admitted(START);
        assert!(pace.estimate(10, START).p50.is_some());
        assert_eq!(pace.estimate(10, START + Duration::minutes(5)).p50, None);
    }

    #[test]
    fn the_wait_is_the_place_in_line_over_the_pace() {
        let mut pace = Pace::default();
        for second in 0..20 {
            for _ in 0..5 {
                pace.admitted(START + Duration::seconds(second));
            }
        }
        let estimate = pace.estimate(100, START + Duration::seconds(20));
        assert_eq!(estimate.p50, Some(Duration::seconds(20)), "five a second");
        assert!(estimate.p90 > estimate.p50);
    }

    #[test]
    fn the_front_polls_every_second_and_the_back_every_half_minute() {
        let unknown = Estimate { p50: None, p90: None };
        assert_eq!(unknown.poll_after(1), SOONEST_POLL);
        assert_eq!(unknown.poll_after(1_000_000), LATEST_POLL);
        let long = Estimate { p50: Some(Duration::hours(2)), p90: None };
        assert_eq!(long.poll_after(1), LATEST_POLL);
    }
}
