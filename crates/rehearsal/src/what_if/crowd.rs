//! Crowds: who comes to a simulated sale, when, and how they behave.

use domain::SeatNumber;
use domain::seat_selection::SeatSelection;
use fastrand::Rng;
use thiserror::Error;
use time::Duration;

/// Who comes to a simulated sale. What one of them wants hangs on the seed and their place in the crowd alone: the same people come
/// under every policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowd {
    /// How many users come.
    pub users: u32,
    /// How many seats there are.
    pub seats: u32,
    /// When they come.
    pub arrivals: Arrivals,
    /// The share, from 0 to 1, of those who are let in and never look: their admission ends unclaimed.
    pub never_claim: f64,
    /// The share, from 0 to 1, of those who hold seats and never pay: their hold lapses.
    pub abandon: f64,
    /// How many want one seat, two seats, three, …: weights.
    pub seats_wanted: Vec<u32>,
    /// From the admission to the first look at the seats.
    pub notice: Think,
    /// From a look at the seats to the hold; as long again if somebody was quicker, or to look again if none is free.
    pub choose: Think,
    /// From the hold to the payment.
    pub pay: Think,
    /// The same seed, the same crowd.
    pub seed: u64,
}

/// When users come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrivals {
    /// At any moment within so long from the beginning, evenly; zero: all at once.
    Burst {
        /// How long.
        within: Duration,
    },
    /// More and more by the second, from nobody on, until all have come.
    Ramp {
        /// Until then.
        over: Duration,
    },
    /// Independently of each other, so many a second on average.
    Poisson {
        /// How many.
        users_a_second: f64,
    },
}

/// How long somebody takes: at least so long, and beyond that as a memoryless clock has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Think {
    /// Nobody is quicker.
    pub least: Duration,
    /// On average; no more than `least`: everybody takes exactly that.
    pub mean: Duration,
}

/// There can't be such a crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidCrowd {
    /// No seats, or more than the largest hall has.
    #[error("there must be from 1 to {} seats", SeatNumber::MAX)]
    Seats,
    /// A share that is none.
    #[error("{0} must be a share from 0 to 1")]
    Share(&'static str),
    /// Nobody wants any seat, or somebody more than may be asked for at once.
    #[error("seats_wanted must weigh from 1 to {} seats, and not all by 0", SeatSelection::MAX)]
    SeatsWanted,
    /// Users who never come, or a time that is none.
    #[error("users must come within a day, more than none a second")]
    Arrivals,
    /// A time below zero, or past a day.
    #[error("{0} must take from nothing to a day")]
    Think(&'static str),
}

/// What one user of a crowd is like.
#[derive(Debug, Clone)]
pub(super) struct UserTraits {
    pub(super) seats: u32,
    pub(super) claims: bool,
    pub(super) pays: bool,
    pub(super) notice: Duration,
    pub(super) pay: Duration,
    /// What else they leave to chance.
    pub(super) chance: Rng,
}

impl Default for Crowd {
    /// Ten thousand who come in the first seconds for a thousand seats.
    fn default() -> Self {
        let seconds = |least, mean| Think { least: Duration::seconds(least), mean: Duration::seconds(mean) };
        Self {
            users: 10_000,
            seats: 1_000,
            arrivals: Arrivals::Burst { within: Duration::seconds(10) },
            never_claim: 0.05,
            abandon: 0.1,
            seats_wanted: vec![4, 5, 1, 1],
            notice: seconds(1, 4),
            choose: seconds(3, 15),
            pay: seconds(5, 30),
            seed: 1,
        }
    }
}

impl Crowd {
    pub(super) fn check(&self) -> Result<(), InvalidCrowd> {
        let day = Duration::ZERO..=Duration::DAY;
        if !(1..=SeatNumber::MAX).contains(&self.seats) {
            return Err(InvalidCrowd::Seats);
        }
        for (name, share) in [("never_claim", self.never_claim), ("abandon", self.abandon)] {
            if !(0.0..=1.0).contains(&share) {
                return Err(InvalidCrowd::Share(name));
            }
        }
        if self.seats_wanted.len() > SeatSelection::MAX || self.seats_wanted.iter().all(|weight| *weight == 0) {
            return Err(InvalidCrowd::SeatsWanted);
        }
        let come = match self.arrivals {
            Arrivals::Burst { within: span } | Arrivals::Ramp { over: span } => day.contains(&span),
            Arrivals::Poisson { users_a_second } => users_a_second * 86_400.0 >= f64::from(self.users) && users_a_second > 0.0,
        };
        if !come {
            return Err(InvalidCrowd::Arrivals);
        }
        for (name, think) in [("notice", self.notice), ("choose", self.choose), ("pay", self.pay)] {
            if !day.contains(&think.least) || !day.contains(&think.mean) {
                return Err(InvalidCrowd::Think(name));
            }
        }
        Ok(())
    }

    /// When each user comes, in seconds from the beginning, in order.
    pub(super) fn come_at(&self) -> Vec<f64> {
        let mut chance = Rng::with_seed(self.seed);
        let mut clock = 0.0;
        let mut at: Vec<f64> = (0..self.users)
            .map(|user| match self.arrivals {
                Arrivals::Burst { within } => within.as_seconds_f64() * chance.f64(),
                Arrivals::Ramp { over } => over.as_seconds_f64() * (f64::from(user + 1) / f64::from(self.users)).sqrt(),
                Arrivals::Poisson { users_a_second } => {
                    clock += memoryless(&mut chance) / users_a_second;
                    clock
                }
            })
            .collect();
        at.sort_by(f64::total_cmp);
        at
    }

    /// What the `index`th of them is like.
    pub(super) fn intents(&self, index: u32) -> UserTraits {
        let mut chance = Rng::with_seed(self.seed ^ u64::from(index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        UserTraits {
            seats: self.seats_for(&mut chance),
            claims: chance.f64() >= self.never_claim,
            pays: chance.f64() >= self.abandon,
            notice: self.notice.draw(&mut chance),
            pay: self.pay.draw(&mut chance),
            chance,
        }
    }

    fn seats_for(&self, chance: &mut Rng) -> u32 {
        let all: u64 = self.seats_wanted.iter().copied().map(u64::from).sum();
        let mut drawn = chance.u64(0..all);
        for (seats, weight) in (1..).zip(&self.seats_wanted) {
            match drawn.checked_sub((*weight).into()) {
                Some(rest) => drawn = rest,
                None => return seats,
            }
        }
        1
    }
}

impl Think {
    /// Exactly so long.
    #[must_use]
    pub const fn exactly(time: Duration) -> Self {
        Self { least: time, mean: time }
    }

    pub(super) fn draw(self, chance: &mut Rng) -> Duration {
        let beyond = (self.mean - self.least).max(Duration::ZERO);
        self.least + beyond * memoryless(chance)
    }
}

/// A time without memory, 1 on average.
fn memoryless(chance: &mut Rng) -> f64 {
    -(1.0 - chance.f64()).ln()
}
