//! The pace of admission, as measured.

use std::collections::VecDeque;

use time::{Duration, OffsetDateTime};

/// Admissions older than this tell nothing about the pace.
const MEMORY: Duration = Duration::minutes(5);
/// Admissions are counted in spans of this length: how much they differ tells how regular the pace is.
const SPAN: Duration = Duration::seconds(5);
/// The shortest time that a pace is measured over, lest one batch look like a stampede.
const SHORTEST: Duration = Duration::seconds(10);

/// Counts the admissions into places that fell free while people waited: those are the pace at which the line moves. Places that
/// nobody had before are filled at once, and tell nothing.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Spans in which somebody was admitted, and how many were.
    spans: VecDeque<(OffsetDateTime, u32)>,
    /// Places that fell free and weren't given on yet.
    free: u64,
    /// The last admission into a place that nobody had before: the pace is measured from then on.
    filled_at: Option<OffsetDateTime>,
}

/// How fast the line moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tempo {
    /// Admissions a second.
    pub(super) per_second: f64,
    /// How many were counted.
    pub(super) counted: f64,
    /// Variance by mean of the counts of the spans: 1 if people are admitted one by one at random, more if in bursts.
    pub(super) burstiness: f64,
}

impl Pace {
    /// Somebody who was in has left, while others wait.
    pub(super) const fn freed(&mut self) {
        self.free = self.free.saturating_add(1);
    }

    /// Nobody waits any more: places that are free now are filled at once when people come again.
    pub(super) const fn nobody_waits(&mut self) {
        self.free = 0;
    }

    /// Somebody who waited is in.
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
        while self.spans.front().is_some_and(|(start, _)| *start + MEMORY < at) {
            self.spans.pop_front();
        }
    }

    /// Admissions a second; none if none were lately.
    pub(super) fn per_second(&self, now: OffsetDateTime) -> Option<f64> {
        self.tempo(now).map(|tempo| tempo.per_second)
    }

    /// How fast the line moves; none if nobody was admitted lately.
    pub(super) fn tempo(&self, now: OffsetDateTime) -> Option<Tempo> {
        let counts = || self.spans.iter().filter(|(start, _)| now < *start + MEMORY);
        let (first, _) = counts().next()?;
        let since = self.filled_at.map_or(*first, |filled_at| filled_at.min(*first));
        let time = (now - since).clamp(SHORTEST, MEMORY).as_seconds_f64();
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

    /// A place falls free and is given on.
    fn refill(pace: &mut Pace, at: OffsetDateTime) {
        pace.freed();
        pace.admitted(at);
    }

    #[test]
    fn nothing_is_known_before_the_first_admission_and_long_after_the_last() {
        let mut pace = Pace::default();
        assert_eq!(pace.tempo(START), None);
        refill(&mut pace, START);
        assert!(pace.tempo(START).is_some());
        assert_eq!(pace.tempo(START + MEMORY), None);
    }

    #[test]
    fn the_pace_is_what_was_admitted_by_the_time_it_took() {
        let mut pace = Pace::default();
        for second in 0..20 {
            (0..5).for_each(|_| refill(&mut pace, START + Duration::seconds(second)));
        }
        let tempo = pace.tempo(START + Duration::seconds(20));
        assert_eq!(tempo, Some(Tempo { per_second: 5.0, counted: 100.0, burstiness: 1.0 }), "steady");
    }

    #[test]
    fn filling_an_empty_shop_is_no_pace() {
        let mut pace = Pace::default();
        (0..100).for_each(|_| pace.admitted(START));
        assert_eq!(pace.tempo(START), None);
        refill(&mut pace, START + Duration::seconds(50));
        let tempo = pace.tempo(START + Duration::seconds(50)).unwrap();
        assert!((tempo.per_second - 0.02).abs() < 1e-9, "one in the 50 s since the shop is full: {}", tempo.per_second);
    }

    #[test]
    fn bursts_are_told_from_a_steady_pace() {
        let mut pace = Pace::default();
        for minute in 0..4 {
            (0..60).for_each(|_| refill(&mut pace, START + Duration::minutes(minute)));
        }
        let tempo = pace.tempo(START + Duration::minutes(4)).unwrap();
        assert!((tempo.per_second - 1.0).abs() < 0.01);
        assert!(tempo.burstiness > 20.0, "{}", tempo.burstiness);
    }
}
