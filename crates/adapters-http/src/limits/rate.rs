//! How often a client may ask: a bucket for each, that fills again all the time (GCRA).

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::http::header::HeaderName;
use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::problem::{Code, Problem};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// After so many requests the clients are forgotten whose buckets are full again: so their number is bounded by how many may ask so
/// often.
const TIDY_EVERY: u32 = 10_000;

/// How often one client may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In the long run.
    pub a_minute: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}

/// A bucket for each client that is known by a `K`.
pub(super) struct RateLimit<K: Hash + Eq + Clone> {
    name: &'static str,
    rate: Rate,
    buckets: DefaultKeyedRateLimiter<K>,
    counted: AtomicU32,
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    pub(super) fn new(name: &'static str, rate: Rate) -> Self {
        let quota = Quota::per_minute(rate.a_minute).allow_burst(rate.burst);
        Self { name, rate, buckets: DefaultKeyedRateLimiter::keyed(quota), counted: AtomicU32::new(0) }
    }

    /// Counts a request of `client`, or refuses it.
    pub(super) fn count(&self, client: &K) -> Result<(), Problem> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.buckets.retain_recent();
            self.buckets.shrink_to_fit();
        }
        let verdict = self.buckets.check_key(client);
        verdict.map_err(|full| self.refuse(full.wait_time_from(self.buckets.clock().now())))
    }

    fn refuse(&self, wait: Duration) -> Problem {
        let (name, Rate { a_minute, burst }) = (self.name, self.rate);
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        // The quota of a window as long as a full bucket takes to fill.
        let window = (60 * u64::from(burst.get())).div_ceil(a_minute.get().into());
        Problem::new(Code::RateLimited, format!("this {name} may send {a_minute} requests a minute, {burst} at once"))
            .retry_after(i64::try_from(seconds).unwrap_or(i64::MAX))
            .with_header(RATE_LIMIT_POLICY, format!("\"{name}\";q={burst};w={window}"))
            .with_header(RATE_LIMIT, format!("\"{name}\";r=0;t={}", seconds.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(a_minute: u32, burst: u32) -> RateLimit<u32> {
        RateLimit::new("user", Rate { a_minute: NonZeroU32::new(a_minute).unwrap(), burst: NonZeroU32::new(burst).unwrap() })
    }

    #[test]
    fn a_client_has_a_burst_and_each_client_their_own() {
        let limit = limit(1, 3);
        assert!((0..3).all(|_| limit.count(&1).is_ok()));
        assert!((0..1_000).all(|_| limit.count(&1).is_err()), "one over, and a thousand");
        assert!(limit.count(&2).is_ok());
    }

    #[test]
    fn clients_who_stay_away_are_forgotten() {
        let limit = limit(u32::MAX, u32::MAX);
        for client in 0..TIDY_EVERY {
            limit.count(&client).unwrap();
        }
        assert!(limit.buckets.len() < 100, "their buckets fill within no time: {}", limit.buckets.len());
    }
}
