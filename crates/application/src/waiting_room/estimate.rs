//! Estimates of waiting times, and the intervals of polls.

use domain::TokenId;
use time::Duration;

use super::pace::Tempo;

/// The shortest poll interval, near the front of the queue.
const MIN_POLL: Duration = Duration::seconds(1);
/// The longest poll interval, far from the front, or of a token that doesn't wait.
pub(super) const MAX_POLL: Duration = Duration::seconds(30);
/// The number of polls during the expected wait.
const POLLS_PER_WAIT: i32 = 20;
/// Without an estimate, the number of users ahead for each second of the poll interval.
const USERS_PER_SECOND: u64 = 100;
/// The maximum reduction of a poll interval, in 256ths of it.
const JITTER: i32 = 64;
/// The 90 % quantile of the normal distribution, in standard deviations.
const P90_DEVIATIONS: f64 = 1.2816;

/// An estimate of a waiting time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Half of the users in this position wait no longer.
    pub p50: Duration,
    /// Nine of ten users in this position wait no longer.
    pub p90: Duration,
}

/// The parameters of a queue that admits users, for an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) capacity: u64,
    pub(super) batch: u64,
    pub(super) tick: Duration,
}

impl Estimate {
    /// Estimates the wait of the user at `position`. The first users fill the `free` capacity, one batch per tick; the others are admitted
    /// at the measured `tempo`. The more users are ahead and the more admissions were counted, the more precise is the estimate.
    pub(super) fn new(position: u64, policy: Policy, free: u64, tempo: Option<Tempo>) -> Option<Self> {
        let ticks = |users: u64| {
            let ticks = users.div_ceil(policy.batch.max(1));
            policy.tick.saturating_mul(i32::try_from(ticks).unwrap_or(i32::MAX))
        };
        if position <= free {
            let last = ticks(position);
            return Some(Self { p50: last - policy.tick / 2, p90: last });
        }
        let Tempo { per_second, counted, burstiness } = tempo?;
        let users = float(position - free);
        let deviation = (burstiness / users + burstiness / counted).sqrt();
        let wait = |factor: f64| Duration::seconds_f64((users / per_second * factor).min(f64::from(u32::MAX)));
        let filled = ticks(free);
        Some(Self { p50: filled.saturating_add(wait(1.0)), p90: filled.saturating_add(wait(P90_DEVIATIONS.mul_add(deviation, 1.0))) })
    }
}

/// Returns the poll interval of the user at `position`: shorter near the front, and spread so that users don't poll at once.
pub(super) fn poll_after(id: TokenId, position: u64, estimate: Option<Estimate>) -> Duration {
    let ahead = i64::try_from(position / USERS_PER_SECOND).unwrap_or(i64::MAX).min(MAX_POLL.whole_seconds());
    let hint = estimate.map_or(Duration::seconds(ahead), |estimate| estimate.p50 / POLLS_PER_WAIT);
    spread(id, hint.clamp(MIN_POLL, MAX_POLL))
}

/// Reduces `hint` by up to a quarter, depending on a byte of the token id, which is random.
fn spread(id: TokenId, hint: Duration) -> Duration {
    let earlier = hint * (i32::from(id.0.as_bytes()[14]) % JITTER) / 256;
    let soon: Duration = hint - earlier;
    Duration::seconds(soon.max(MIN_POLL).whole_seconds())
}

/// Converts a count; 4 billion or more are as many as that.
pub(super) fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const POLICY: Policy = Policy { capacity: 100, batch: 50, tick: Duration::SECOND };
    const TOKEN: TokenId = TokenId(Uuid::nil());

    fn steady(per_second: f64, counted: f64) -> Tempo {
        Tempo { per_second, counted, burstiness: 1.0 }
    }

    #[test]
    fn free_capacity_is_filled_one_batch_per_tick() {
        let estimate = |position| Estimate::new(position, POLICY, 100, None);
        assert_eq!(estimate(50), Some(Estimate { p50: Duration::milliseconds(500), p90: Duration::SECOND }));
        assert_eq!(estimate(51).map(|estimate| estimate.p90), Some(Duration::seconds(2)));
        assert_eq!(estimate(101), None, "no estimate before the first active user has left");
    }

    #[test]
    fn the_wait_is_the_position_divided_by_the_pace() {
        let estimate = Estimate::new(100, POLICY, 0, Some(steady(5.0, 1_000.0))).unwrap();
        assert_eq!(estimate.p50, Duration::seconds(20));
        assert!(estimate.p90 > Duration::seconds(22) && estimate.p90 < Duration::seconds(24), "{estimate:?}");
        let imprecise = Estimate::new(100, POLICY, 0, Some(steady(5.0, 2.0))).unwrap();
        assert!(imprecise.p90 > Duration::seconds(35), "a pace measured on two admissions: {imprecise:?}");
        let behind = Estimate::new(150, POLICY, 50, Some(steady(5.0, 1_000.0))).unwrap();
        assert_eq!(behind.p50, Duration::seconds(21), "a tick for the free capacity, and a hundred users at the pace");
    }

    #[test]
    fn polls_are_a_second_apart_at_the_front_and_half_a_minute_at_the_back() {
        assert_eq!(poll_after(TOKEN, 1, None), MIN_POLL);
        assert_eq!(poll_after(TOKEN, 1_000_000, None), MAX_POLL);
        let long = Estimate { p50: Duration::hours(2), p90: Duration::hours(3) };
        assert_eq!(poll_after(TOKEN, 1, Some(long)), MAX_POLL);
    }

    #[test]
    fn polls_are_spread_over_a_quarter_of_the_interval() {
        let hints: Vec<i64> =
            (0..=u8::MAX).map(|byte| poll_after(TokenId(Uuid::from_bytes([byte; 16])), 1_000_000, None).whole_seconds()).collect();
        assert_eq!((hints.iter().min(), hints.iter().max()), (Some(&22), Some(&30)));
    }
}
