//! Whether what people are told about their wait comes true: a sale in simulated time, with a seed.

use domain::{NewToken, Queue, QueueToken, TokenId, TokenState, UserId};
use fastrand::Rng;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::estimate::{Estimate, Policy};
use super::line::Line;

const START: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
const CAPACITY: usize = 20;
const POLICY: Policy = Policy { capacity: 20, batch: 10, tick: Duration::SECOND };

/// Who is in, and until when.
type Shop = Vec<(QueueToken, OffsetDateTime)>;

fn joins(number: u64, now: OffsetDateTime) -> QueueToken {
    let id = Uuid::from_u128(number.into());
    NewToken { id: TokenId(id), queue: Queue::DEFAULT, user: UserId(id), concert: None, joined_at: now }.numbered(number)
}

/// How many waited no longer than p50, than p90, and how many were told both. Each second `arrivals` join on average, and who is in stays
/// as long as `stay` draws, in seconds.
fn play(seed: u64, arrivals: f64, stay: impl Fn(&mut Rng) -> f64) -> (f64, f64, f64) {
    let (mut rng, mut line, mut shop, mut queue) = (Rng::with_seed(seed), Line::default(), Shop::new(), std::collections::VecDeque::new());
    let (mut number, mut p50, mut p90, mut told) = (0, 0.0, 0.0, 0.0);
    for second in 0..7_200 {
        let now = START + Duration::seconds(second);
        for (token, _) in shop.extract_if(.., |(_, until)| *until <= now) {
            let before = token.state();
            line.follow(&(&token.pay(now).unwrap()).into(), Some(before));
        }
        let admitted = queue.len().min(CAPACITY - shop.len()).min(10);
        for (token, estimate) in queue.drain(..admitted) {
            let token: QueueToken = token;
            let waited = now - token.joined_at();
            let active = token.admit(Duration::DAY, now).unwrap();
            line.follow(&(&active).into(), Some(TokenState::Waiting));
            shop.push((active, now + Duration::seconds_f64(stay(&mut rng))));
            if let Some(Estimate { p50: half, p90: most }) = estimate {
                told += 1.0;
                p50 += if waited <= half { 1.0 } else { 0.0 };
                p90 += if waited <= most { 1.0 } else { 0.0 };
            }
        }
        // The arrivals of the first hour; then the line drains.
        if second < 3_600 && rng.f64() < arrivals {
            number += 1;
            let token = joins(number, now);
            line.follow(&(&token).into(), None);
            let estimate = line.estimate(line.position(number), Some(POLICY), now);
            queue.push_back((token, estimate));
        }
    }
    (p50, p90, told)
}

/// The shares of those who waited no longer than p50, and than p90, over many sales.
fn shares(arrivals: f64, stay: impl Fn(&mut Rng) -> f64) -> (f64, f64) {
    let plays = (0..20).map(|seed| play(seed, arrivals, &stay));
    let (p50, p90, told) = plays.fold((0.0, 0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2));
    assert!(told > 5_000.0, "nearly everybody is told something: {told}");
    (p50 / told, p90 / told)
}

#[test]
fn half_wait_no_longer_than_p50_and_nine_of_ten_no_longer_than_p90() {
    let (p50, p90) = shares(0.8, |rng| -40.0 * (1.0 - rng.f64()).ln());
    assert!((0.4..0.6).contains(&p50) && (0.84..0.96).contains(&p90), "stays that end at random: {p50:.2} {p90:.2}");
}

#[test]
fn the_share_holds_when_people_leave_in_bursts() {
    let (p50, p90) = shares(0.8, |rng| if rng.f64() < 0.5 { 30.0 } else { 50.0 });
    assert!((0.35..0.65).contains(&p50) && p90 > 0.85, "stays of two lengths: {p50:.2} {p90:.2}");
}
