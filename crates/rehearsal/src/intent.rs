//! What a user wishes: all that is left to chance, drawn from the seed alone. The same seed, the same wishes at the same moments.

use std::time::Duration;

use fastrand::Rng;

use crate::scenario::{Arrival, ArrivalKind, People, Picks, Scenario};

/// Spreads the users' seeds: neighbours have nothing in common.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// Draws of arrivals are apart from those of any user.
const ARRIVALS: u64 = u64::MAX;
/// The chosen are so near the front, of all seats.
const HOT: f64 = 0.2;

/// What a user wishes, from the moment they come.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Intent {
    /// Which of the scenario's people they are.
    pub(crate) kind: usize,
    pub(crate) seats: u32,
    pub(crate) goal: Goal,
    /// Draws what they do at each step, in order.
    chance: Rng,
}

/// What they do when they hold seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    Pay,
    Release,
    Abandon,
}

/// How a write is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Once,
    /// Hung up on after so long, and sent again.
    HungUp(Duration),
    TwiceAtOnce,
    AgainOnceAnswered,
}

/// When each of the users comes, from the first to the last.
pub(crate) fn arrivals(users: u32, arrival: Arrival, seed: u64) -> Vec<Duration> {
    let mut chance = Rng::with_seed(seed ^ ARRIVALS);
    let share = |user: u32| f64::from(user) / f64::from(users);
    let over = Duration::from_secs_f64(arrival.over_seconds);
    match arrival.kind {
        ArrivalKind::Burst => vec![Duration::ZERO; users as usize],
        ArrivalKind::Ramp => (0..users).map(|user| over.mul_f64(share(user).sqrt())).collect(),
        // Given how many come, the moments of a Poisson process are independent of each other and equally likely everywhere.
        ArrivalKind::Poisson => {
            let mut moments: Vec<_> = (0..users).map(|_| over.mul_f64(chance.f64())).collect();
            moments.sort_unstable();
            moments
        }
    }
}

impl Intent {
    /// The wish of `user`.
    pub(crate) fn draw(scenario: &Scenario, seed: u64, user: u32) -> Self {
        let mut chance = Rng::with_seed(seed.wrapping_add(u64::from(user).wrapping_mul(SPREAD)));
        let shares: u32 = scenario.people.iter().map(|kind| kind.share).sum();
        let mut ticket = chance.u32(..shares);
        let is_theirs = |kind: &People| {
            let theirs = ticket < kind.share;
            ticket = ticket.saturating_sub(kind.share);
            theirs
        };
        let kind = scenario.people.iter().position(is_theirs).unwrap_or_default();
        let people = &scenario.people[kind];
        let seats = chance.u32(people.seats[0]..=people.seats[1]).min(scenario.seats);
        let fate = chance.f64();
        let goal = if fate < people.releases {
            Goal::Release
        } else if fate < people.releases + people.abandons {
            Goal::Abandon
        } else {
            Goal::Pay
        };
        Self { kind, seats, goal, chance }
    }

    /// How long they think before the next step.
    pub(crate) fn hesitation(&mut self, people: &People) -> Duration {
        let [from, to] = people.hesitates_seconds;
        Duration::from_secs_f64(from + (to - from) * self.chance.f64())
    }

    /// How they send the next write.
    pub(crate) fn manner(&mut self, people: &People) -> Manner {
        let [hangs_up, doubles, repeats] = [self.chance.f64(), self.chance.f64(), self.chance.f64()];
        let after = Duration::from_micros(self.chance.u64(..10_000));
        if hangs_up < people.hangs_up {
            Manner::HungUp(after)
        } else if doubles < people.doubles {
            Manner::TwiceAtOnce
        } else if repeats < people.repeats {
            Manner::AgainOnceAnswered
        } else {
            Manner::Once
        }
    }

    /// A little earlier or later than `span`: a crowd isn't in step.
    pub(crate) fn about(&mut self, span: Duration) -> Duration {
        span.mul_f64(0.95 + 0.1 * self.chance.f64())
    }

    /// The seats they ask for next, of `free` ones in the order of their numbers; none if there are too few.
    pub(crate) fn pick(&mut self, picks: Picks, free: &[u32]) -> Vec<u32> {
        let wanted = self.seats as usize;
        let Some(last) = free.len().checked_sub(wanted) else { return Vec::new() };
        let draw = self.chance.f64();
        let spot = match picks {
            Picks::Best => 0.0,
            Picks::Random => draw,
            // Squared: the nearer to the front, the more want it.
            Picks::Hot => HOT * draw * draw,
        };
        let first = place(spot, last + 1);
        free[first..first + wanted].to_vec()
    }
}

/// Which of `places` is at `spot`, between 0 and 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "between 0 and a hall's seats")]
fn place(spot: f64, places: usize) -> usize {
    ((spot * places as f64) as usize).min(places - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn club() -> Scenario {
        Scenario::named("club").unwrap()
    }

    #[test]
    fn the_same_seed_brings_the_same_wishes_and_another_others() {
        let intents = |seed| (0..100).map(|user| Intent::draw(&club(), seed, user)).collect::<Vec<_>>();
        assert_eq!(intents(7), intents(7));
        assert_ne!(intents(7), intents(8));
        let moments = |seed| arrivals(100, Arrival { kind: ArrivalKind::Poisson, over_seconds: 5.0 }, seed);
        assert_eq!(moments(7), moments(7));
        assert_ne!(moments(7), moments(8));
    }

    #[test]
    fn the_kinds_of_people_come_by_their_shares() {
        let club = club();
        let of_kind = |kind| (0..2_000).filter(|user| Intent::draw(&club, 1, *user).kind == kind).count();
        let found: Vec<_> = (0..4).map(of_kind).collect();
        assert_eq!(found.iter().sum::<usize>(), 2_000);
        for (found, share) in found.iter().zip([1_200, 400, 300, 100]) {
            assert!(found.abs_diff(share) < 80, "{found} of {share}");
        }
    }

    #[test]
    fn a_burst_comes_at_once_a_ramp_ever_faster_and_a_poisson_crowd_evenly() {
        let moments = |kind| arrivals(1_000, Arrival { kind, over_seconds: 10.0 }, 3);
        assert!(moments(ArrivalKind::Burst).iter().all(Duration::is_zero));
        let early = |kind| moments(kind).iter().filter(|at| **at < Duration::from_secs(5)).count();
        assert_eq!(early(ArrivalKind::Ramp), 250);
        assert!(early(ArrivalKind::Poisson).abs_diff(500) < 60);
        for kind in [ArrivalKind::Ramp, ArrivalKind::Poisson] {
            assert!(moments(kind).is_sorted() && moments(kind).iter().all(|at| *at <= Duration::from_secs(10)));
        }
    }

    #[test]
    fn seats_are_picked_among_the_free_ones_by_taste() {
        let mut intent = Intent { seats: 2, ..Intent::draw(&club(), 1, 1) };
        let free: Vec<u32> = (10..=60).collect();
        assert_eq!(intent.pick(Picks::Best, &free), [10, 11]);
        assert_eq!(intent.pick(Picks::Best, &free[..2]), [10, 11]);
        assert_eq!(intent.pick(Picks::Best, &free[..1]), [0; 0]);
        let firsts = |intent: &mut Intent, picks| (0..200).map(|_| intent.pick(picks, &free)[0]).collect::<Vec<_>>();
        assert!(firsts(&mut intent, Picks::Hot).iter().all(|first| *first < 20));
        let anywhere = firsts(&mut intent, Picks::Random);
        assert!(anywhere.iter().any(|first| *first < 20) && anywhere.iter().any(|first| *first > 50));
    }
}
