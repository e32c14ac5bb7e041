//! The intent of a virtual user: all random choices, drawn from the seed alone. The same seed gives the same choices at the same times.

use std::time::Duration;

use fastrand::Rng;

use crate::scenario::{Arrival, ArrivalKind, People, Picks, Scenario};

/// Spreads the users' seeds, so that adjacent users have unrelated random numbers.
const SEED_STEP: u64 = 0x9e37_79b9_7f4a_7c15;
/// Separates the random numbers of the arrivals from those of the users.
const ARRIVAL_SEED: u64 = u64::MAX;
/// The share of the seats, from the front, among which the popular ones are.
const HOT_SHARE: f64 = 0.2;

/// The behaviour of a user from the arrival on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Intent {
    /// The index of the user's kind in the scenario's `people`.
    pub(crate) kind: usize,
    pub(crate) seats: u32,
    pub(crate) goal: Goal,
    /// The random numbers of the later steps, in order.
    rng: Rng,
}

/// What the user does with held seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    Pay,
    Release,
    Abandon,
}

/// How a write is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteMode {
    Once,
    /// The user disconnects after this time, and sends the request again.
    DisconnectAndRetry(Duration),
    /// The request is sent twice concurrently.
    Duplicate,
    /// The request is sent again after its response.
    Repeat,
}

/// Returns the arrival times of the users, in ascending order.
pub(crate) fn arrivals(users: u32, arrival: Arrival, seed: u64) -> Vec<Duration> {
    let mut rng = Rng::with_seed(seed ^ ARRIVAL_SEED);
    let share = |user: u32| f64::from(user) / f64::from(users);
    let over = Duration::from_secs_f64(arrival.over_seconds);
    match arrival.kind {
        ArrivalKind::Burst => vec![Duration::ZERO; users as usize],
        ArrivalKind::Ramp => (0..users).map(|user| over.mul_f64(share(user).sqrt())).collect(),
        // Given the number of arrivals, the times of a Poisson process are independent and uniformly distributed.
        ArrivalKind::Poisson => {
            let mut times: Vec<_> = (0..users).map(|_| over.mul_f64(rng.f64())).collect();
            times.sort_unstable();
            times
        }
    }
}

impl Intent {
    /// Draws the intent of `user`.
    pub(crate) fn draw(scenario: &Scenario, seed: u64, user: u32) -> Self {
        let mut rng = Rng::with_seed(seed.wrapping_add(u64::from(user).wrapping_mul(SEED_STEP)));
        let shares: u32 = scenario.people.iter().map(|kind| kind.share).sum();
        let mut drawn = rng.u32(..shares);
        let is_drawn = |kind: &People| {
            let is_drawn = drawn < kind.share;
            drawn = drawn.saturating_sub(kind.share);
            is_drawn
        };
        let kind = scenario.people.iter().position(is_drawn).unwrap_or_default();
        let people = &scenario.people[kind];
        let seats = rng.u32(people.seats[0]..=people.seats[1]).min(scenario.seats);
        let drawn = rng.f64();
        let goal = if drawn < people.releases {
            Goal::Release
        } else if drawn < people.releases + people.abandons {
            Goal::Abandon
        } else {
            Goal::Pay
        };
        Self { kind, seats, goal, rng }
    }

    /// Draws the time for which the user hesitates before the next step.
    pub(crate) fn draw_hesitation(&mut self, people: &People) -> Duration {
        let [from, to] = people.hesitates_seconds;
        Duration::from_secs_f64(from + (to - from) * self.rng.f64())
    }

    /// Draws how the user sends the next write.
    pub(crate) fn draw_write_mode(&mut self, people: &People) -> WriteMode {
        let [hangs_up, doubles, repeats] = [self.rng.f64(), self.rng.f64(), self.rng.f64()];
        let after = Duration::from_micros(self.rng.u64(..10_000));
        if hangs_up < people.hangs_up {
            WriteMode::DisconnectAndRetry(after)
        } else if doubles < people.doubles {
            WriteMode::Duplicate
        } else if repeats < people.repeats {
            WriteMode::Repeat
        } else {
            WriteMode::Once
        }
    }

    /// Changes `span` by up to 5 % at random, so that the users' requests don't coincide.
    pub(crate) fn jitter(&mut self, span: Duration) -> Duration {
        span.mul_f64(0.95 + 0.1 * self.rng.f64())
    }

    /// Picks the seats of the next request from the available ones, which are in ascending order. Empty if there are too few.
    pub(crate) fn pick(&mut self, picks: Picks, available: &[u32]) -> Vec<u32> {
        let wanted = self.seats as usize;
        let Some(last) = available.len().checked_sub(wanted) else { return Vec::new() };
        let draw = self.rng.f64();
        let position = match picks {
            Picks::Best => 0.0,
            Picks::Random => draw,
            // Squared: seats nearer to the front are more popular.
            Picks::Hot => HOT_SHARE * draw * draw,
        };
        let first = index_at(position, last + 1);
        available[first..first + wanted].to_vec()
    }
}

/// Returns the index at the relative `position`, from 0 to 1, of a list of `length` items.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "between 0 and the number of seats"
)]
fn index_at(position: f64, length: usize) -> usize {
    ((position * length as f64) as usize).min(length - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn club() -> Scenario {
        Scenario::named("club").unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_intents_and_another_seed_others() {
        let intents = |seed| (0..100).map(|user| Intent::draw(&club(), seed, user)).collect::<Vec<_>>();
        assert_eq!(intents(7), intents(7));
        assert_ne!(intents(7), intents(8));
        let times = |seed| arrivals(100, Arrival { kind: ArrivalKind::Poisson, over_seconds: 5.0 }, seed);
        assert_eq!(times(7), times(7));
        assert_ne!(times(7), times(8));
    }

    #[test]
    fn users_are_distributed_by_the_shares_of_their_kinds() {
        let club = club();
        let of_kind = |kind| (0..2_000).filter(|user| Intent::draw(&club, 1, *user).kind == kind).count();
        let found: Vec<_> = (0..4).map(of_kind).collect();
        assert_eq!(found.iter().sum::<usize>(), 2_000);
        for (found, share) in found.iter().zip([1_200, 400, 300, 100]) {
            assert!(found.abs_diff(share) < 80, "{found} of {share}");
        }
    }

    #[test]
    fn bursts_arrive_at_once_ramps_ever_faster_and_poisson_arrivals_evenly() {
        let times = |kind| arrivals(1_000, Arrival { kind, over_seconds: 10.0 }, 3);
        assert!(times(ArrivalKind::Burst).iter().all(Duration::is_zero));
        let early = |kind| times(kind).iter().filter(|at| **at < Duration::from_secs(5)).count();
        assert_eq!(early(ArrivalKind::Ramp), 250);
        assert!(early(ArrivalKind::Poisson).abs_diff(500) < 60);
        for kind in [ArrivalKind::Ramp, ArrivalKind::Poisson] {
            assert!(times(kind).is_sorted() && times(kind).iter().all(|at| *at <= Duration::from_secs(10)));
        }
    }

    #[test]
    fn seats_are_picked_among_the_available_ones_by_preference() {
        let mut intent = Intent { seats: 2, ..Intent::draw(&club(), 1, 1) };
        let available: Vec<u32> = (10..=60).collect();
        assert_eq!(intent.pick(Picks::Best, &available), [10, 11]);
        assert_eq!(intent.pick(Picks::Best, &available[..2]), [10, 11]);
        assert_eq!(intent.pick(Picks::Best, &available[..1]), [0; 0]);
        let firsts = |intent: &mut Intent, picks| (0..200).map(|_| intent.pick(picks, &available)[0]).collect::<Vec<_>>();
        assert!(firsts(&mut intent, Picks::Hot).iter().all(|first| *first < 20));
        let anywhere = firsts(&mut intent, Picks::Random);
        assert!(anywhere.iter().any(|first| *first < 20) && anywhere.iter().any(|first| *first > 50));
    }
}
