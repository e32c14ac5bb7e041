//! Crowds: the users of a simulated sale, their arrivals and their behaviour.

use domain::SeatNumber;
use domain::seat_selection::SeatSelection;
use fastrand::Rng;
use thiserror::Error;
use time::Duration;

/// The users of a simulated sale. The behaviour of a user depends only on the seed and the user's index in the crowd, so the users are the
/// same under every policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowd {
    /// The number of users.
    pub users: u32,
    /// The number of seats.
    pub seats: u32,
    /// The arrivals of the users.
    pub arrivals: Arrivals,
    /// The share, from 0 to 1, of admitted users who never view the seats: their admission ends unclaimed.
    pub never_claim: f64,
    /// The share, from 0 to 1, of users who hold seats and never pay: their hold lapses.
    pub abandon: f64,
    /// The weights of the users who want one seat, two seats, three, …
    pub seats_wanted: Vec<u32>,
    /// The time from the admission to the first view of the seats.
    pub notice: Think,
    /// The time from a view of the seats to the hold. After a conflict, or if no seat is available, it is drawn again.
    pub choose: Think,
    /// The time from the hold to the payment.
    pub pay: Think,
    /// The seed: the same seed gives the same crowd.
    pub seed: u64,
}

/// The distribution of arrivals over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrivals {
    /// Uniformly distributed over the first period; all at once if it is zero.
    Burst {
        /// The length of the period.
        within: Duration,
    },
    /// At a rate that increases linearly from zero.
    Ramp {
        /// The time until all users have arrived.
        over: Duration,
    },
    /// Independent arrivals at a constant average rate.
    Poisson {
        /// The average number of users per second.
        users_a_second: f64,
    },
}

/// A distribution of thinking times: a minimum plus an exponentially distributed time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Think {
    /// The minimum.
    pub least: Duration,
    /// The mean; if it is at most `least`, every time is exactly `least`.
    pub mean: Duration,
}

/// A crowd is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidCrowd {
    /// There are no seats, or more than a schedule can have.
    #[error("there must be from 1 to {} seats", SeatNumber::MAX)]
    Seats,
    /// A share is not from 0 to 1.
    #[error("{0} must be a share from 0 to 1")]
    Share(&'static str),
    /// All weights are 0, or there are weights for more seats than one hold can have.
    #[error("seats_wanted must have weights for 1 to {} seats, at least one of which is not 0", SeatSelection::MAX)]
    SeatsWanted,
    /// The users don't arrive within a day, or the time is invalid.
    #[error("users must arrive within a day, at a rate above 0")]
    Arrivals,
    /// A time is below zero or above a day.
    #[error("{0} must be from 0 to a day")]
    Think(&'static str),
}

/// The behaviour of one user of a crowd.
#[derive(Debug, Clone)]
pub(super) struct UserTraits {
    pub(super) seats: u32,
    pub(super) claims: bool,
    pub(super) pays: bool,
    pub(super) notice: Duration,
    pub(super) pay: Duration,
    /// The random numbers of the later choices.
    pub(super) rng: Rng,
}

impl Default for Crowd {
    /// Ten thousand users who arrive in the first seconds for a thousand seats.
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
        let arrive_in_time = match self.arrivals {
            Arrivals::Burst { within: span } | Arrivals::Ramp { over: span } => day.contains(&span),
            Arrivals::Poisson { users_a_second } => users_a_second * 86_400.0 >= f64::from(self.users) && users_a_second > 0.0,
        };
        if !arrive_in_time {
            return Err(InvalidCrowd::Arrivals);
        }
        for (name, think) in [("notice", self.notice), ("choose", self.choose), ("pay", self.pay)] {
            if !day.contains(&think.least) || !day.contains(&think.mean) {
                return Err(InvalidCrowd::Think(name));
            }
        }
        Ok(())
    }

    /// Returns the arrival times of the users in seconds since the start, in ascending order.
    pub(super) fn arrival_times(&self) -> Vec<f64> {
        let mut rng = Rng::with_seed(self.seed);
        let mut clock = 0.0;
        let mut times: Vec<f64> = (0..self.users)
            .map(|user| match self.arrivals {
                Arrivals::Burst { within } => within.as_seconds_f64() * rng.f64(),
                Arrivals::Ramp { over } => over.as_seconds_f64() * (f64::from(user + 1) / f64::from(self.users)).sqrt(),
                Arrivals::Poisson { users_a_second } => {
                    clock += draw_exponential(&mut rng) / users_a_second;
                    clock
                }
            })
            .collect();
        times.sort_by(f64::total_cmp);
        times
    }

    /// Draws the behaviour of the user with this index.
    pub(super) fn draw_traits(&self, index: u32) -> UserTraits {
        let mut rng = Rng::with_seed(self.seed ^ u64::from(index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        UserTraits {
            seats: self.draw_seats(&mut rng),
            claims: rng.f64() >= self.never_claim,
            pays: rng.f64() >= self.abandon,
            notice: self.notice.draw(&mut rng),
            pay: self.pay.draw(&mut rng),
            rng,
        }
    }

    fn draw_seats(&self, rng: &mut Rng) -> u32 {
        let total: u64 = self.seats_wanted.iter().copied().map(u64::from).sum();
        let mut drawn = rng.u64(0..total);
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
    /// Returns a constant thinking time.
    #[must_use]
    pub const fn exactly(time: Duration) -> Self {
        Self { least: time, mean: time }
    }

    pub(super) fn draw(self, rng: &mut Rng) -> Duration {
        let beyond = (self.mean - self.least).max(Duration::ZERO);
        self.least + beyond * draw_exponential(rng)
    }
}

/// Draws an exponentially distributed number with mean 1.
fn draw_exponential(rng: &mut Rng) -> f64 {
    -(1.0 - rng.f64()).ln()
}
