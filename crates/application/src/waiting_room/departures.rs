//! The departures of a queue by ranges of numbers: how many users have left while they waited, so that each waiting user can derive their
//! position from their own number, and all of them read the same few ranges.
//!
//! ```text
//!   departures │                   ┌── corner (through, departed)
//!              │              ___--•‾‾‾‾‾‾‾‾   no departures after the last corner
//!              │          __•‾
//!              │ ____----‾    position of number n = n − last admitted − departures up to n,
//!              •‾             where departures between two corners are interpolated
//!              └───────────────────────────────── number
//!        last admitted
//! ```
//!
//! The corners lie on the exact curve, and a range is extended as long as the interpolated position of each waiting number in it is close
//! enough to the exact one (the swinging door algorithm, in one pass).

use super::estimate::float;

/// The precision of positions that are derived from the ranges, as a part of the position.
const PRECISION: f64 = 0.005;
/// The maximum number of ranges; if more are needed, their precision is lower.
const MAX_RANGES: usize = 512;
/// The error that is allowed near the front, where the precision is less than one user.
const MIN_ERROR: f64 = 1.0;
/// The maximum error of rounding a derived position to a whole number.
const ROUNDING: f64 = 0.5;

/// The departures up to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departures {
    /// The last number of the range.
    pub through: u64,
    /// How many users with numbers after the last admitted one and up to this one have left.
    pub departed: u64,
}

/// The departures of a queue by ranges of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct DepartureRanges {
    /// The ends of the ranges, in order. Within a range, departures are distributed evenly; after the last one there are none.
    pub ranges: Vec<Departures>,
    /// The maximum error of a derived position, as a part of it; an error of one user is always possible.
    pub precision: f64,
}

impl DepartureRanges {
    /// Summarises the departures after `last_admitted` of a queue in which the numbers `waiting` still wait.
    pub(super) fn of(last_admitted: u64, waiting: impl Iterator<Item = u64> + Clone) -> Self {
        let mut precision = PRECISION;
        loop {
            if let Some(ranges) = summarise(last_admitted, waiting.clone(), precision) {
                return Self { ranges, precision };
            }
            precision *= 2.0;
        }
    }
}

/// The slopes of a range that are close enough to all its numbers.
struct Door {
    start: Departures,
    low: f64,
    high: f64,
}

impl Door {
    const fn at(start: Departures) -> Self {
        Self { start, low: f64::NEG_INFINITY, high: f64::INFINITY }
    }

    fn slope_to(&self, end: Departures) -> f64 {
        float(end.departed - self.start.departed) / float(end.through - self.start.through)
    }

    fn allows(&self, end: Departures) -> bool {
        (self.low..=self.high).contains(&self.slope_to(end))
    }

    /// Restricts the slopes to those that are within `tolerance` at `point`.
    fn narrow(&mut self, point: Departures, tolerance: f64) {
        let (slope, tolerance) = (self.slope_to(point), tolerance / float(point.through - self.start.through));
        self.low = self.low.max(slope - tolerance);
        self.high = self.high.min(slope + tolerance);
    }
}

/// Returns the ends of the ranges; none if there are too many.
fn summarise(last_admitted: u64, waiting: impl Iterator<Item = u64>, precision: f64) -> Option<Vec<Departures>> {
    let mut ends = Vec::new();
    let mut last = Departures { through: last_admitted, departed: 0 };
    let mut door = Door::at(last);
    for (through, position) in waiting.zip(1_u64..) {
        let point = Departures { through, departed: through - last_admitted - position };
        if !door.allows(point) {
            if ends.len() == MAX_RANGES - 1 {
                return None;
            }
            ends.push(last);
            door = Door::at(last);
        }
        door.narrow(point, precision.mul_add(float(position), -ROUNDING).max(MIN_ERROR));
        last = point;
    }
    if door.start.departed < last.departed {
        ends.push(last);
    }
    Some(ends)
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::*;

    /// The position that a client derives from its number: the formula of the guide.
    fn derived_position(last_admitted: u64, ranges: &[Departures], number: u64) -> u64 {
        let end = ranges.partition_point(|range| range.through < number);
        let start = end.checked_sub(1).map_or(Departures { through: last_admitted, departed: 0 }, |before| ranges[before]);
        let departed = ranges.get(end).map_or(float(start.departed), |end| {
            let part = float(number - start.through) / float(end.through - start.through);
            float(end.departed - start.departed).mul_add(part, float(start.departed))
        });
        rounded(float(number - last_admitted) - departed).max(1)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positions in tests are small")]
    fn rounded(position: f64) -> u64 {
        position.round().max(0.0) as u64
    }

    /// Asserts that each derived position is precise enough, and returns the number of ranges.
    fn assert_precise(last_admitted: u64, waiting: &[u64], case: &str) -> usize {
        let DepartureRanges { ranges, precision } = DepartureRanges::of(last_admitted, waiting.iter().copied());
        for (number, position) in waiting.iter().zip(1_u64..) {
            let derived = derived_position(last_admitted, &ranges, *number);
            let allowed = (precision * float(position)).max(MIN_ERROR);
            assert!(float(derived.abs_diff(position)) <= allowed, "{case}: {number} is at {position}, not {derived} (± {allowed})");
        }
        assert!(ranges.is_sorted_by_key(|range| (range.through, range.departed)), "{case}");
        assert!(ranges.len() <= MAX_RANGES, "{case}: {}", ranges.len());
        assert!((precision - PRECISION).abs() < f64::EPSILON, "{case}: the precision is {precision}");
        ranges.len()
    }

    #[test]
    fn a_queue_without_departures_needs_no_ranges() {
        assert_eq!(assert_precise(0, &[], "empty"), 0);
        assert_eq!(assert_precise(70, &(71..=100_000).collect::<Vec<_>>(), "no departures"), 0);
        assert_eq!(derived_position(70, &[], 100_200), 100_130, "a user who joined later");
    }

    #[test]
    fn positions_derived_from_ranges_are_precise_after_random_departures() {
        let mut largest = 0;
        for seed in 0..60 {
            let mut rng = Rng::with_seed(seed);
            let (numbers, share) = (10_u64.pow(rng.u32(1..=5)), rng.f64());
            let first = rng.u64(1..1_000);
            let waiting: Vec<u64> = (first..first + numbers).filter(|_| rng.f64() < share).collect();
            let last_admitted = waiting.first().map_or(0, |first| first - 1);
            largest = largest.max(assert_precise(last_admitted, &waiting, &format!("seed {seed}")));
        }
        assert!(largest > 100, "the test has hard cases: {largest} ranges");
    }

    #[test]
    fn positions_are_precise_when_neighbours_leave_together() {
        for seed in 0..60 {
            let mut rng = Rng::with_seed(seed);
            let (mut waiting, mut number, longest) = (Vec::new(), 0, rng.u64(2..5_000));
            while number < 200_000 {
                let stay = rng.u64(1..longest);
                waiting.extend(number + 1..=number + stay);
                number += stay + rng.u64(1..longest);
            }
            assert_precise(0, &waiting, &format!("seed {seed}, runs of up to {longest}"));
        }
    }

    #[test]
    fn a_million_waiting_users_are_summarised_in_few_ranges() {
        let mut rng = Rng::with_seed(1);
        let waiting: Vec<u64> = (1..=1_500_000).filter(|_| rng.f64() < 0.7).collect();
        let last_admitted = waiting[0] - 1;
        let ranges = assert_precise(last_admitted, &waiting, "a million");
        assert!(ranges < 250, "{ranges}");
    }

    #[test]
    fn more_ranges_than_the_maximum_lower_the_precision() {
        // Runs that grow with the position, each followed by a much longer gap, so that no two fit into one range.
        let (mut waiting, mut number, mut position) = (Vec::new(), 0_u64, 0_u64);
        while waiting.len() < 1_000_000 {
            let run = position / 150 + 5;
            waiting.extend(number + 1..=number + run);
            (number, position) = (number + 20 * run, position + run);
        }
        let DepartureRanges { ranges, precision } = DepartureRanges::of(0, waiting.iter().copied());
        assert!(ranges.len() <= MAX_RANGES && precision > PRECISION, "{} ranges, {precision}", ranges.len());
        for (number, position) in waiting.iter().zip(1_u64..) {
            let derived = derived_position(0, &ranges, *number);
            assert!(float(derived.abs_diff(position)) <= (precision * float(position)).max(MIN_ERROR), "{number}");
        }
    }
}
