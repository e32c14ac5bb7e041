//! Rate limits: a bucket for each client, which is refilled continuously (GCRA).

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::http::header::HeaderName;
use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::problem::{Code, Explanation, Problem};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// The number of requests after which clients with full buckets are removed, which bounds the number of buckets.
const CLEANUP_INTERVAL: u32 = 10_000;

/// The rate at which one client may send requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The number of requests per minute in the long run.
    pub per_minute: NonZeroU32,
    /// The number of requests at once after a pause.
    pub burst: NonZeroU32,
}

/// A rate limit with a bucket for each client, identified by `K`.
pub(super) struct RateLimit<K: Hash + Eq + Clone> {
    name: &'static str,
    rate: Rate,
    buckets: DefaultKeyedRateLimiter<K>,
    counted: AtomicU32,
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    pub(super) fn new(name: &'static str, rate: Rate) -> Self {
        let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
        Self { name, rate, buckets: DefaultKeyedRateLimiter::keyed(quota), counted: AtomicU32::new(0) }
    }

    /// Counts a request of `client`, or refuses it.
    pub(super) fn count(&self, client: &K) -> Result<(), Problem> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % CLEANUP_INTERVAL == CLEANUP_INTERVAL - 1 {
            self.buckets.retain_recent();
            self.buckets.shrink_to_fit();
        }
        let result = self.buckets.check_key(client);
        result.map_err(|exceeded| self.refuse(exceeded.wait_time_from(self.buckets.clock().now())))
    }

    fn refuse(&self, wait: Duration) -> Problem {
        let (name, Rate { per_minute, burst }) = (self.name, self.rate);
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        // The quota applies to a window as long as an empty bucket takes to fill.
        let window = (60 * u64::from(burst.get())).div_ceil(per_minute.get().into());
        Problem::new(Code::RateLimited, Explanation::TooManyRequests)
            .retry_after(i64::try_from(seconds).unwrap_or(i64::MAX))
            .with_header(RATE_LIMIT_POLICY, format!("\"{name}\";q={burst};w={window}"))
            .with_header(RATE_LIMIT, format!("\"{name}\";r=0;t={}", seconds.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(per_minute: u32, burst: u32) -> RateLimit<u32> {
        RateLimit::new("user", Rate { per_minute: NonZeroU32::new(per_minute).unwrap(), burst: NonZeroU32::new(burst).unwrap() })
    }

    #[test]
    fn each_client_has_its_own_burst() {
        let limit = limit(1, 3);
        assert!((0..3).all(|_| limit.count(&1).is_ok()));
        assert!((0..1_000).all(|_| limit.count(&1).is_err()), "all requests beyond the burst are refused");
        assert!(limit.count(&2).is_ok());
    }

    #[test]
    fn buckets_of_inactive_clients_are_removed() {
        let limit = limit(u32::MAX, u32::MAX);
        for client in 0..CLEANUP_INTERVAL {
            limit.count(&client).unwrap();
        }
        assert!(limit.buckets.len() < 100, "buckets that fill immediately are removed: {}", limit.buckets.len());
    }
}
