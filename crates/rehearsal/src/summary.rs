//! The results in figures: by second and by operation.

use std::collections::{BTreeMap, HashMap, HashSet};

use hdrhistogram::Histogram;

use crate::history::{Answer, Exchange, Request, TokenStatus};
use crate::record::{Latency, LatencyAt, Operation, Second};

const SECOND: u64 = 1_000_000;
/// The largest latency of the histograms, which have a precision of three digits.
const MAX_LATENCY: u64 = 60 * SECOND;

/// The sold seats and the rate of payments.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sales {
    pub(crate) seats: u64,
    pub(crate) payments_per_second: f64,
}

/// Returns the number of sold seats and the rate of payments.
pub(crate) fn sales(history: &[Exchange]) -> Sales {
    let sales = reservations(history);
    let times = sales.iter().map(|(at, _)| *at);
    let span = times.clone().max().unwrap_or_default() - times.min().unwrap_or_default();
    // The span is at least a second, since sales within less give no meaningful rate.
    let payments_per_second = float(sales.len() as u64) / self::span(span).max(1.0);
    Sales { seats: sales.iter().map(|(_, seats)| seats).sum(), payments_per_second }
}

/// Returns the timeline by second.
pub(crate) fn timeline(history: &[Exchange]) -> Vec<Second> {
    let last = history.iter().map(|exchange| second(exchange.answered)).max();
    let mut seconds: Vec<Second> = (0..=last.unwrap_or_default()).map(|at| Second { at, ..Second::default() }).collect();
    for exchange in history.iter().filter(|exchange| !matches!(exchange.request, Request::Inspect(_))) {
        let Some(second) = seconds.get_mut(second(exchange.answered) as usize) else { continue };
        match exchange.answer {
            Answer::Response(status, _) => {
                second.answers += 1;
                second.conflicts += u64::from(status == 409);
                second.failures += u64::from(status >= 500);
            }
            Answer::Broken => second.failures += 1,
            Answer::Disconnected => {}
        }
    }
    let visits = visits(history);
    let mut waits: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for visit in visits.values() {
        if let (Some(joined), Some(admitted)) = (visit.joined, visit.admitted) {
            waits.entry(second(admitted)).or_default().push(admitted.saturating_sub(joined));
        }
    }
    // The changes of the numbers of waiting and active users in each second.
    let mut changes = vec![[0_i64; 2]; seconds.len()];
    let mut change = |at: u64, by: [i64; 2]| {
        if let Some(change) = changes.get_mut(second(at) as usize) {
            *change = [change[0] + by[0], change[1] + by[1]];
        }
    };
    for Visit { joined, admitted, ended } in visits.into_values() {
        let Some(joined) = joined else { continue };
        change(joined, [1, 0]);
        if let Some(admitted) = admitted {
            change(admitted, [-1, 1]);
        }
        if let Some(ended) = ended {
            change(ended, if admitted.is_some() { [0, -1] } else { [-1, 0] });
        }
    }
    let mut sold = vec![0; seconds.len()];
    for (at, seats) in reservations(history) {
        sold[second(at) as usize] += seats;
    }
    let (mut counts, mut sold_so_far) = ([0_i64; 2], 0);
    for ((now, by), sold) in seconds.iter_mut().zip(changes).zip(sold) {
        counts = [counts[0] + by[0], counts[1] + by[1]];
        sold_so_far += sold;
        [now.waiting, now.active] = counts.map(|count| u64::try_from(count).unwrap_or_default());
        now.sold = sold_so_far;
        let mut waits = waits.remove(&now.at).unwrap_or_default();
        waits.sort_unstable();
        now.admitted = waits.len() as u64;
        let rank = |percent: usize| waits.get((waits.len() * percent).div_ceil(100).saturating_sub(1)).map(|wait| span(*wait));
        (now.wait_p50_seconds, now.wait_p90_seconds) = (rank(50), rank(90));
    }
    seconds
}

/// Returns the operations with their latencies, which are measured from the scheduled time of each request.
pub(crate) fn operations(history: &[Exchange]) -> Vec<Operation> {
    let mut found: BTreeMap<&str, (Latencies, BTreeMap<u32, Latencies>)> = BTreeMap::new();
    for exchange in history {
        let (Some(name), Answer::Response(..)) = (exchange.request.operation(), &exchange.answer) else { continue };
        let (all, by_second) = found.entry(name).or_default();
        let latency = exchange.answered.saturating_sub(exchange.due);
        all.add(latency);
        by_second.entry(second(exchange.answered)).or_default().add(latency);
    }
    let operation = |(name, (all, by_second)): (&str, (Latencies, BTreeMap<u32, Latencies>))| Operation {
        name: name.to_owned(),
        count: all.count(),
        latency: all.latency(),
        timeline: by_second.into_iter().map(|(at, times)| LatencyAt { at, count: times.count(), latency: times.latency() }).collect(),
    };
    found.into_iter().map(operation).collect()
}

/// A histogram of latencies.
pub(crate) struct Latencies(Option<Histogram<u64>>);

impl Default for Latencies {
    fn default() -> Self {
        Self(Histogram::new_with_max(MAX_LATENCY, 3).ok())
    }
}

impl Latencies {
    /// Adds a latency in microseconds.
    pub(crate) fn add(&mut self, time: u64) {
        if let Some(times) = &mut self.0 {
            times.saturating_record(time.max(1));
        }
    }

    fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, Histogram::len)
    }

    pub(crate) fn latency(&self) -> Latency {
        let at = |quantile| self.0.as_ref().map_or(0.0, |times| float(times.value_at_quantile(quantile)) / 1_000.0);
        Latency { p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99), max_ms: at(1.0) }
    }
}

/// The times of a user's join, admission and end.
#[derive(Debug, Default, Clone, Copy)]
struct Visit {
    joined: Option<u64>,
    admitted: Option<u64>,
    ended: Option<u64>,
}

fn visits(history: &[Exchange]) -> HashMap<u32, Visit> {
    let mut visits: HashMap<u32, Visit> = HashMap::new();
    let keep_earliest = |time: &mut Option<u64>, at: u64| *time = Some(time.map_or(at, |other| other.min(at)));
    for exchange in history {
        let has_ended = exchange.is_success() && matches!(exchange.request, Request::Leave | Request::Pay(_));
        if let Some(token) = exchange.token() {
            let visit = visits.entry(exchange.user).or_default();
            keep_earliest(&mut visit.joined, exchange.answered);
            match token.status {
                TokenStatus::Waiting => {}
                TokenStatus::Active => keep_earliest(&mut visit.admitted, exchange.answered),
                TokenStatus::Expired => keep_earliest(&mut visit.ended, exchange.answered),
            }
        } else if has_ended {
            keep_earliest(&mut visits.entry(exchange.user).or_default().ended, exchange.answered);
        }
    }
    visits
}

/// Returns the time at which each reservation was first reported as paid, with its number of seats.
fn reservations(history: &[Exchange]) -> Vec<(u64, u64)> {
    let seats: HashMap<_, _> = history.iter().filter_map(Exchange::held).map(|held| (held.reservation, held.seats.len() as u64)).collect();
    let mut known = HashSet::new();
    let paid = |exchange: &Exchange| Some((exchange.answered, exchange.paid().filter(|_| exchange.is_success())?.reservation));
    history.iter().filter_map(paid).filter(|(_, id)| known.insert(*id)).map(|(at, id)| (at, seats.get(&id).copied().unwrap_or(1))).collect()
}

/// Returns the second of the run that contains `micros`.
fn second(micros: u64) -> u32 {
    u32::try_from(micros / SECOND).unwrap_or(u32::MAX)
}

/// Converts microseconds to seconds.
pub(crate) fn span(micros: u64) -> f64 {
    std::time::Duration::from_micros(micros).as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "counts and times of a run are far below 2^52")]
const fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::fixtures::*;

    fn two_purchases() -> Vec<Exchange> {
        vec![
            exchange(1, Request::Join, [100, 110], token_response(201, 1, TokenStatus::Waiting, None)),
            exchange(2, Request::Join, [200, 210], token_response(201, 2, TokenStatus::Waiting, None)),
            exchange(1, Request::Poll, [1_100, 1_110], token_response(200, 1, TokenStatus::Active, Some(1))),
            hold(1, 1, &[7, 8], [1_200, 1_210]),
            pay(1, 1, 1, [2_000, 2_010]),
            exchange(2, Request::Poll, [3_200, 3_210], token_response(200, 2, TokenStatus::Active, Some(2))),
            with_key(1, exchange(2, Request::Hold([7].into()), [3_300, 3_310], problem(409, "SEAT_UNAVAILABLE", &[]))),
            hold(2, 2, &[9], [3_400, 3_410]),
            pay(2, 2, 2, [4_000, 4_010]),
            // A repeated payment isn't counted again.
            pay(2, 2, 2, [4_100, 4_110]),
        ]
    }

    #[test]
    fn payments_are_counted_once_and_from_the_first_to_the_last() {
        assert_eq!(sales(&two_purchases()), Sales { seats: 3, payments_per_second: 1.0 });
        assert_eq!(sales(&[]), Sales::default());
    }

    #[test]
    fn the_timeline_has_the_counts_at_the_end_of_each_second() {
        let timeline = timeline(&two_purchases());
        let counts: Vec<_> = timeline.iter().map(|second| (second.at, second.waiting, second.active, second.sold)).collect();
        assert_eq!(counts, [(0, 2, 0, 0), (1, 1, 1, 0), (2, 1, 0, 2), (3, 0, 1, 2), (4, 0, 0, 3)]);
        assert_eq!((timeline[1].admitted, timeline[1].wait_p50_seconds, timeline[1].wait_p90_seconds), (1, Some(1.0), Some(1.0)));
        assert_eq!((timeline[0].admitted, timeline[0].wait_p50_seconds), (0, None));
        assert_eq!((timeline[3].answers, timeline[3].conflicts, timeline[3].failures), (3, 1, 0));
    }

    #[test]
    fn latencies_are_measured_from_the_scheduled_time() {
        let late = Exchange { due: 0, ..exchange(1, Request::Poll, [90, 100], response(200)) };
        let disconnected = exchange(1, Request::Poll, [100, 900], Answer::Disconnected);
        let operations = operations(&[late, disconnected]);
        assert_eq!((operations.len(), operations[0].name.as_str(), operations[0].count), (1, "poll", 1));
        assert!((operations[0].latency.p50_ms - 100.0).abs() < 0.1, "{:?}", operations[0].latency);
        assert_eq!(operations[0].timeline.iter().map(|at| (at.at, at.count)).collect::<Vec<_>>(), [(0, 1)]);
    }
}
