//! The measured pace of admission.

use std::collections::VecDeque;

use time::{Duration, OffsetDateTime};

/// Older admissions are not part of the measurement.
const WINDOW: Duration = Duration::minutes(5);
/// The length of the spans in which admissions are counted: the variance of the counts shows how regular the pace is.
const SPAN: Duration = Duration::seconds(5);
/// The minimum time over which a pace is measured, so that one batch doesn't look like a high pace.
const MIN_TIME: Duration = Duration::seconds(10);

/// Counts the admissions into capacity that was freed while users waited: these are the pace at which the queue moves. Capacity that was
/// never used is filled at once, and is not counted.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// The spans with admissions, and their counts.
    spans: VecDeque<(OffsetDateTime, u32)>,
    /// Freed capacity that is not filled yet.
    free: u64,
    /// The last admission into capacity that was never used: the pace is measured from then on.
    filled_at: Option<OffsetDateTime>,
}

/// The measured speed of a queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tempo {
    /// Admissions per second.
    pub(super) per_second: f64,
    /// The number of counted admissions.
    pub(super) counted: f64,
    /// Variance by mean of the counts of the spans: 1 if users are admitted one by one at random, more if in bursts.
    pub(super) burstiness: f64,
}

impl Pace {
    /// Records that an active user has left while others wait.
    pub(super) const fn freed(&mut self) {
        self.free = self.free.saturating_add(1);
    }

    /// Resets the freed capacity when no user waits any more: it is filled at once when users join again.
    pub(super) const fn forget_free(&mut self) {
        self.free = 0;
    }

    /// Records the admission of a waiting user.
    pub(super) fn admitted(&mut self, at: OffsetDateTime) {
        if self.free == 0 {
            self.filled_at = self.filled_at.max(Some(at));
            return;
        }
        self.free -= 1;
        match self.spans.back_mut() {
            Some((start, count)) if at - *start < SPAN => *count += 1,
            Some(_) | None => self.spans.push_back((at, 1)),
        }
        while self.spans.front().is_some_and(|(start, _)| *start + WINDOW < at) {
            self.spans.pop_front();
        }
    }

    /// Returns the admissions per second; none without recent admissions.
    pub(super) fn per_second(&self, now: OffsetDateTime) -> Option<f64> {
        self.tempo(now).map(|tempo| tempo.per_second)
    }

    /// Returns the speed of the queue; none without recent admissions.
    pub(super) fn tempo(&self, now: OffsetDateTime) -> Option<Tempo> {
        let counts = || self.spans.iter().filter(|(start, _)| now < *start + WINDOW);
        let (first, _) = counts().next()?;
        let since = self.filled_at.map_or(*first, |filled_at| filled_at.min(*first));
        let time = (now - since).clamp(MIN_TIME, WINDOW).as_seconds_f64();
        let counted: f64 = counts().map(|(_, count)| f64::from(*count)).sum();
        let squares: f64 = counts().map(|(_, count)| f64::from(*count).powi(2)).sum();
        let spans = (time / SPAN.as_seconds_f64()).max(1.0);
        let mean = counted / spans;
        let variance = squares / spans - mean * mean;
        Some(Tempo { per_second: counted / time, counted, burstiness: (variance / mean).max(1.0) })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);

    /// Frees capacity and fills it.
    fn refill(pace: &mut Pace, at: OffsetDateTime) {
        pace.freed();
        pace.admitted(at);
    }

    #[test]
    fn the_pace_is_unknown_before_the_first_admission_and_long_after_the_last() {
        let mut pace = Pace::default();
        assert_eq!(pace.tempo(START), None);
        refill(&mut pace, START);
        assert!(pace.tempo(START).is_some());
        assert_eq!(pace.tempo(START + WINDOW), None);
    }

    #[test]
    fn the_pace_is_the_number_of_admissions_divided_by_their_time() {
        let mut pace = Pace::default();
        for second in 0..20 {
            (0..5).for_each(|_| refill(&mut pace, START + Duration::seconds(second)));
        }
        let tempo = pace.tempo(START + Duration::seconds(20));
        assert_eq!(tempo, Some(Tempo { per_second: 5.0, counted: 100.0, burstiness: 1.0 }), "steady");
    }

    #[test]
    fn admissions_into_unused_capacity_are_not_counted() {
        let mut pace = Pace::default();
        (0..100).for_each(|_| pace.admitted(START));
        assert_eq!(pace.tempo(START), None);
        refill(&mut pace, START + Duration::seconds(50));
        let tempo = pace.tempo(START + Duration::seconds(50)).unwrap();
        assert!((tempo.per_second - 0.02).abs() < 1e-9, "one admission in the 50 s since the capacity was filled: {}", tempo.per_second);
    }

    #[test]
    fn bursts_are_distinguished_from_a_steady_pace() {
        let mut pace = Pace::default();
        for minute in 0..4 {
            (0..60).for_each(|_| refill(&mut pace, START + Duration::minutes(minute)));
        }
        let tempo = pace.tempo(START + Duration::minutes(4)).unwrap();
        assert!((tempo.per_second - 1.0).abs() < 0.01);
        assert!(tempo.burstiness > 20.0, "{}", tempo.burstiness);
    }
}
