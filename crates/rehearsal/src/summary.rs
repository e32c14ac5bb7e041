//! What came of it in figures: second by second, and operation by operation.

use std::collections::{BTreeMap, HashMap, HashSet};

use hdrhistogram::Histogram;

use crate::history::{Answer, Asked, Exchange, Standing};
use crate::record::{Latency, LatencyAt, Operation, Second};

const SECOND: u64 = 1_000_000;
/// Latencies are kept up to a minute, to three digits.
const LONGEST: u64 = 60 * SECOND;

/// What was sold.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sales {
    pub(crate) seats: u64,
    pub(crate) bookings_a_second: f64,
}

/// What was sold, and how fast.
pub(crate) fn sales(history: &[Exchange]) -> Sales {
    let sales = reservations(history);
    let moments = sales.iter().map(|(at, _)| *at);
    let span = moments.clone().max().unwrap_or_default() - moments.min().unwrap_or_default();
    // Over at least a second: what is sold within less is no rate.
    let bookings_a_second = float(sales.len() as u64) / self::span(span).max(1.0);
    Sales { seats: sales.iter().map(|(_, seats)| seats).sum(), bookings_a_second }
}

/// Second by second.
pub(crate) fn timeline(history: &[Exchange]) -> Vec<Second> {
    let last = history.iter().map(|exchange| second(exchange.answered)).max();
    let mut seconds: Vec<Second> = (0..=last.unwrap_or_default()).map(|at| Second { at, ..Second::default() }).collect();
    for exchange in history.iter().filter(|exchange| !matches!(exchange.asked, Asked::Inspect(_))) {
        let Some(second) = seconds.get_mut(second(exchange.answered) as usize) else { continue };
        match exchange.answer {
            Answer::Told(status, _) => {
                second.answers += 1;
                second.conflicts += u64::from(status == 409);
                second.failures += u64::from(status >= 500);
            }
            Answer::Broken => second.failures += 1,
            Answer::HungUp => {}
        }
    }
    let visits = visits(history);
    let mut waits: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for visit in visits.values() {
        if let (Some(joined), Some(entered)) = (visit.joined, visit.entered) {
            waits.entry(second(entered)).or_default().push(entered.saturating_sub(joined));
        }
    }
    // Who came, went in, and went away, in each second.
    let mut changes = vec![[0_i64; 2]; seconds.len()];
    let mut change = |at: u64, by: [i64; 2]| {
        if let Some(change) = changes.get_mut(second(at) as usize) {
            *change = [change[0] + by[0], change[1] + by[1]];
        }
    };
    for Visit { joined, entered, ended } in visits.into_values() {
        let Some(joined) = joined else { continue };
        change(joined, [1, 0]);
        if let Some(entered) = entered {
            change(entered, [-1, 1]);
        }
        if let Some(ended) = ended {
            change(ended, if entered.is_some() { [0, -1] } else { [-1, 0] });
        }
    }
    let mut sold = vec![0; seconds.len()];
    for (at, seats) in reservations(history) {
        sold[second(at) as usize] += seats;
    }
    let (mut standing, mut sold_so_far) = ([0_i64; 2], 0);
    for ((now, by), sold) in seconds.iter_mut().zip(changes).zip(sold) {
        standing = [standing[0] + by[0], standing[1] + by[1]];
        sold_so_far += sold;
        [now.waiting, now.active] = standing.map(|count| u64::try_from(count).unwrap_or_default());
        now.sold = sold_so_far;
        let mut waits = waits.remove(&now.at).unwrap_or_default();
        waits.sort_unstable();
        now.admitted = waits.len() as u64;
        let rank = |percent: usize| waits.get((waits.len() * percent).div_ceil(100).saturating_sub(1)).map(|wait| span(*wait));
        (now.wait_p50_seconds, now.wait_p90_seconds) = (rank(50), rank(90));
    }
    seconds
}

/// Operation by operation, with latencies from the moment at which a request should have been sent.
pub(crate) fn operations(history: &[Exchange]) -> Vec<Operation> {
    let mut found: BTreeMap<&str, (Times, BTreeMap<u32, Times>)> = BTreeMap::new();
    for exchange in history {
        let (Some(name), Answer::Told(..)) = (exchange.asked.operation(), &exchange.answer) else { continue };
        let (all, by_second) = found.entry(name).or_default();
        let latency = exchange.answered.saturating_sub(exchange.due);
        all.add(latency);
        by_second.entry(second(exchange.answered)).or_default().add(latency);
    }
    let operation = |(name, (all, by_second)): (&str, (Times, BTreeMap<u32, Times>))| Operation {
        name: name.to_owned(),
        count: all.count(),
        latency: all.latency(),
        timeline: by_second.into_iter().map(|(at, times)| LatencyAt { at, count: times.count(), latency: times.latency() }).collect(),
    };
    found.into_iter().map(operation).collect()
}

/// Times, as a histogram.
pub(crate) struct Times(Option<Histogram<u64>>);

impl Default for Times {
    fn default() -> Self {
        Self(Histogram::new_with_max(LONGEST, 3).ok())
    }
}

impl Times {
    /// Adds one, in microseconds.
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

/// How a user fared.
#[derive(Debug, Default, Clone, Copy)]
struct Visit {
    joined: Option<u64>,
    entered: Option<u64>,
    ended: Option<u64>,
}

fn visits(history: &[Exchange]) -> HashMap<u32, Visit> {
    let mut visits: HashMap<u32, Visit> = HashMap::new();
    let soonest = |moment: &mut Option<u64>, at: u64| *moment = Some(moment.map_or(at, |other| other.min(at)));
    for exchange in history {
        let is_gone = exchange.is_done() && matches!(exchange.asked, Asked::Leave | Asked::Pay(_));
        if let Some(place) = exchange.place() {
            let visit = visits.entry(exchange.user).or_default();
            soonest(&mut visit.joined, exchange.answered);
            match place.status {
                Standing::Waiting => {}
                Standing::Active => soonest(&mut visit.entered, exchange.answered),
                Standing::Expired => soonest(&mut visit.ended, exchange.answered),
            }
        } else if is_gone {
            soonest(&mut visits.entry(exchange.user).or_default().ended, exchange.answered);
        }
    }
    visits
}

/// When each reservation was first known to be paid, and of how many seats.
fn reservations(history: &[Exchange]) -> Vec<(u64, u64)> {
    let seats: HashMap<_, _> = history.iter().filter_map(Exchange::held).map(|held| (held.reservation, held.seats.len() as u64)).collect();
    let mut known = HashSet::new();
    let paid = |exchange: &Exchange| Some((exchange.answered, exchange.paid().filter(|_| exchange.is_done())?.reservation));
    history.iter().filter_map(paid).filter(|(_, id)| known.insert(*id)).map(|(at, id)| (at, seats.get(&id).copied().unwrap_or(1))).collect()
}

/// The second of the run that `micros` is in.
fn second(micros: u64) -> u32 {
    u32::try_from(micros / SECOND).unwrap_or(u32::MAX)
}

/// Seconds, of microseconds.
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

    fn evening() -> Vec<Exchange> {
        vec![
            exchange(1, Asked::Join, [100, 110], placed(201, 1, Standing::Waiting, None)),
            exchange(2, Asked::Join, [200, 210], placed(201, 2, Standing::Waiting, None)),
            exchange(1, Asked::Poll, [1_100, 1_110], placed(200, 1, Standing::Active, Some(1))),
            hold(1, 1, &[7, 8], [1_200, 1_210]),
            pay(1, 1, 1, [2_000, 2_010]),
            exchange(2, Asked::Poll, [3_200, 3_210], placed(200, 2, Standing::Active, Some(2))),
            with_key(1, exchange(2, Asked::Hold([7].into()), [3_300, 3_310], refused(409, "SEAT_UNAVAILABLE", &[]))),
            hold(2, 2, &[9], [3_400, 3_410]),
            pay(2, 2, 2, [4_000, 4_010]),
            // The same payment again is no other booking.
            pay(2, 2, 2, [4_100, 4_110]),
        ]
    }

    #[test]
    fn bookings_are_counted_once_and_from_the_first_to_the_last() {
        assert_eq!(sales(&evening()), Sales { seats: 3, bookings_a_second: 1.0 });
        assert_eq!(sales(&[]), Sales::default());
    }

    #[test]
    fn the_timeline_tells_how_things_stood_at_the_end_of_each_second() {
        let timeline = timeline(&evening());
        let standing: Vec<_> = timeline.iter().map(|second| (second.at, second.waiting, second.active, second.sold)).collect();
        assert_eq!(standing, [(0, 2, 0, 0), (1, 1, 1, 0), (2, 1, 0, 2), (3, 0, 1, 2), (4, 0, 0, 3)]);
        assert_eq!((timeline[1].admitted, timeline[1].wait_p50_seconds, timeline[1].wait_p90_seconds), (1, Some(1.0), Some(1.0)));
        assert_eq!((timeline[0].admitted, timeline[0].wait_p50_seconds), (0, None));
        assert_eq!((timeline[3].answers, timeline[3].conflicts, timeline[3].failures), (3, 1, 0));
    }

    #[test]
    fn latencies_count_from_when_a_request_should_have_been_sent() {
        let late = Exchange { due: 0, ..exchange(1, Asked::Poll, [90, 100], told(200)) };
        let hung_up = exchange(1, Asked::Poll, [100, 900], Answer::HungUp);
        let operations = operations(&[late, hung_up]);
        assert_eq!((operations.len(), operations[0].name.as_str(), operations[0].count), (1, "poll", 1));
        assert!((operations[0].latency.p50_ms - 100.0).abs() < 0.1, "{:?}", operations[0].latency);
        assert_eq!(operations[0].timeline.iter().map(|at| (at.at, at.count)).collect::<Vec<_>>(), [(0, 1)]);
    }
}
