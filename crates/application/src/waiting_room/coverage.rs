//! Tests whether the estimates of waiting times are accurate, with a sale in simulated time and a seed.

use domain::{NewToken, Queue, QueueToken, TokenId, TokenState, UserId};
use fastrand::Rng;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::estimate::{Estimate, Policy};
use super::waiting_queue::WaitingQueue;

const START: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
const CAPACITY: usize = 20;
const POLICY: Policy = Policy { capacity: 20, batch: 10, tick: Duration::SECOND };

/// The active tokens, and when their users leave.
type ActiveTokens = Vec<(QueueToken, OffsetDateTime)>;

fn joins(number: u64, now: OffsetDateTime) -> QueueToken {
    let id = Uuid::from_u128(number.into());
    NewToken { id: TokenId(id), queue: Queue::DEFAULT, user: UserId(id), concert: None, joined_at: now }.numbered(number)
}

/// Simulates a sale. Returns how many users waited no longer than p50, how many no longer than p90, and how many had an estimate. On
/// average `arrivals` users join per second, and an active user stays as many seconds as `stay` returns.
fn simulate(seed: u64, arrivals: f64, stay: impl Fn(&mut Rng) -> f64) -> (f64, f64, f64) {
    let (mut rng, mut line, mut active_tokens, mut queue) =
        (Rng::with_seed(seed), WaitingQueue::default(), ActiveTokens::new(), std::collections::VecDeque::new());
    let (mut number, mut p50, mut p90, mut estimated) = (0, 0.0, 0.0, 0.0);
    for second in 0..7_200 {
        let now = START + Duration::seconds(second);
        for (token, _) in active_tokens.extract_if(.., |(_, until)| *until <= now) {
            let before = token.state();
            line.follow(&(&token.pay(now).unwrap()).into(), Some(before));
        }
        let admitted = queue.len().min(CAPACITY - active_tokens.len()).min(10);
        for (token, estimate) in queue.drain(..admitted) {
            let token: QueueToken = token;
            let waited = now - token.joined_at();
            let active = token.admit(Duration::DAY, now).unwrap();
            line.follow(&(&active).into(), Some(TokenState::Waiting));
            active_tokens.push((active, now + Duration::seconds_f64(stay(&mut rng))));
            if let Some(Estimate { p50: median, p90: upper }) = estimate {
                estimated += 1.0;
                p50 += if waited <= median { 1.0 } else { 0.0 };
                p90 += if waited <= upper { 1.0 } else { 0.0 };
            }
        }
        // Users join during the first hour; then the queue drains.
        if second < 3_600 && rng.f64() < arrivals {
            number += 1;
            let token = joins(number, now);
            line.follow(&(&token).into(), None);
            let estimate = line.estimate(line.position(number), Some(POLICY), now);
            queue.push_back((token, estimate));
        }
    }
    (p50, p90, estimated)
}

/// Returns the shares of users who waited no longer than p50, and no longer than p90, over many sales.
fn shares(arrivals: f64, stay: impl Fn(&mut Rng) -> f64) -> (f64, f64) {
    let sales = (0..20).map(|seed| simulate(seed, arrivals, &stay));
    let (p50, p90, estimated) = sales.fold((0.0, 0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2));
    assert!(estimated > 5_000.0, "most users should have an estimate: {estimated}");
    (p50 / estimated, p90 / estimated)
}

#[test]
fn half_of_the_users_wait_up_to_p50_and_nine_of_ten_up_to_p90() {
    let (p50, p90) = shares(0.8, |rng| -40.0 * (1.0 - rng.f64()).ln());
    assert!((0.4..0.6).contains(&p50) && (0.84..0.96).contains(&p90), "random lengths of stay: {p50:.2} {p90:.2}");
}

#[test]
fn the_shares_are_similar_when_users_leave_in_bursts() {
    let (p50, p90) = shares(0.8, |rng| if rng.f64() < 0.5 { 30.0 } else { 50.0 });
    assert!((0.35..0.65).contains(&p50) && p90 > 0.85, "two lengths of stay: {p50:.2} {p90:.2}");
}
