//! What those who wait may expect, and when to ask again.

use domain::TokenId;
use time::Duration;

use super::pace::Tempo;

/// Who is near the front asks again after this.
const SOONEST_POLL: Duration = Duration::seconds(1);
/// Who is far back, or doesn't wait, asks again after this.
pub(super) const LATEST_POLL: Duration = Duration::seconds(30);
/// So much of the expected wait passes between two polls.
const POLLS_A_WAIT: i32 = 20;
/// Without an estimate, so many people ahead make the poll a second later.
const PEOPLE_A_SECOND: u64 = 100;
/// A poll may come earlier by a part of the time until it: so much, in 256ths.
const JITTER: i32 = 64;
/// The 90 % quantile of the normal distribution, in standard deviations.
const P90_DEVIATIONS: f64 = 1.2816;

/// How long the wait may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Half of those in this place wait no longer.
    pub p50: Duration,
    /// Nine of ten of those in this place wait no longer.
    pub p90: Duration,
}

/// What an estimate must know of a queue that lets people through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) capacity: u64,
    pub(super) batch: u64,
    pub(super) tick: Duration,
}

impl Estimate {
    /// What the user at `position` may expect. The first of them fill the `free` places, a batch a tick; the others go in at the measured
    /// `tempo`. The more are ahead and the more were counted, the surer it is.
    pub(super) fn new(position: u64, policy: Policy, free: u64, tempo: Option<Tempo>) -> Option<Self> {
        let ticks = |people: u64| {
            let ticks = people.div_ceil(policy.batch.max(1));
            policy.tick.saturating_mul(i32::try_from(ticks).unwrap_or(i32::MAX))
        };
        if position <= free {
            let last = ticks(position);
            return Some(Self { p50: last - policy.tick / 2, p90: last });
        }
        let Tempo { per_second, counted, burstiness } = tempo?;
        let people = float(position - free);
        let doubt = (burstiness / people + burstiness / counted).sqrt();
        let wait = |factor: f64| Duration::seconds_f64((people / per_second * factor).min(f64::from(u32::MAX)));
        let filled = ticks(free);
        Some(Self { p50: filled.saturating_add(wait(1.0)), p90: filled.saturating_add(wait(P90_DEVIATIONS.mul_add(doubt, 1.0))) })
    }
}

/// When the user at `position` should ask again: the sooner, the nearer the front is; not all at once.
pub(super) fn poll_after(id: TokenId, position: u64, estimate: Option<Estimate>) -> Duration {
    let ahead = i64::try_from(position / PEOPLE_A_SECOND).unwrap_or(i64::MAX).min(LATEST_POLL.whole_seconds());
    let hint = estimate.map_or(Duration::seconds(ahead), |estimate| estimate.p50 / POLLS_A_WAIT);
    spread(id, hint.clamp(SOONEST_POLL, LATEST_POLL))
}

/// `hint`, or up to a quarter less: tokens are random, so their bytes tell people apart.
fn spread(id: TokenId, hint: Duration) -> Duration {
    let earlier = hint * (i32::from(id.0.as_bytes()[14]) % JITTER) / 256;
    let soon: Duration = hint - earlier;
    Duration::seconds(soon.max(SOONEST_POLL).whole_seconds())
}

fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const POLICY: Policy = Policy { capacity: 100, batch: 50, tick: Duration::SECOND };
    const NOBODY: TokenId = TokenId(Uuid::nil());

    fn steady(per_second: f64, counted: f64) -> Tempo {
        Tempo { per_second, counted, burstiness: 1.0 }
    }

    #[test]
    fn free_places_are_filled_a_batch_a_tick() {
        let estimate = |position| Estimate::new(position, POLICY, 100, None);
        assert_eq!(estimate(50), Some(Estimate { p50: Duration::milliseconds(500), p90: Duration::SECOND }));
        assert_eq!(estimate(51).map(|estimate| estimate.p90), Some(Duration::seconds(2)));
        assert_eq!(estimate(101), None, "who comes after them waits for somebody to leave, and nobody has yet");
    }

    #[test]
    fn the_wait_is_the_place_in_line_over_the_pace() {
        let estimate = Estimate::new(100, POLICY, 0, Some(steady(5.0, 1_000.0))).unwrap();
        assert_eq!(estimate.p50, Duration::seconds(20));
        assert!(estimate.p90 > Duration::seconds(22) && estimate.p90 < Duration::seconds(24), "{estimate:?}");
        let unsure = Estimate::new(100, POLICY, 0, Some(steady(5.0, 2.0))).unwrap();
        assert!(unsure.p90 > Duration::seconds(35), "a pace measured on two: {unsure:?}");
        let behind = Estimate::new(150, POLICY, 50, Some(steady(5.0, 1_000.0))).unwrap();
        assert_eq!(behind.p50, Duration::seconds(21), "a tick for the free places, and a hundred people");
    }

    #[test]
    fn the_front_polls_every_second_and_the_back_every_half_minute() {
        assert_eq!(poll_after(NOBODY, 1, None), SOONEST_POLL);
        assert_eq!(poll_after(NOBODY, 1_000_000, None), LATEST_POLL);
        let long = Estimate { p50: Duration::hours(2), p90: Duration::hours(3) };
        assert_eq!(poll_after(NOBODY, 1, Some(long)), LATEST_POLL);
    }

    #[test]
    fn polls_are_spread_over_a_quarter_of_the_time() {
        let hints: Vec<i64> =
            (0..=u8::MAX).map(|byte| poll_after(TokenId(Uuid::from_bytes([byte; 16])), 1_000_000, None).whole_seconds()).collect();
        assert_eq!((hints.iter().min(), hints.iter().max()), (Some(&22), Some(&30)));
    }
}
