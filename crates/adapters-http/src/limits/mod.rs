//! Limits that keep one client, or all of them together, from exhausting the capacity. Each request passes them after its body is read and
//! CORS is checked.

mod address;
mod forwarded;
mod middleware;
mod rate;
mod refusals;
mod settings;

use std::net::IpAddr;
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use application::Error;
use domain::UserId;
use metrics::{Counter, Gauge};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub use address::{ForwardedHeader, TrustedProxies};
pub use rate::Rate;
pub use settings::LimitSettings;

use crate::problem::Problem;
use crate::settings::HttpSettings;
use rate::RateLimit;

pub(crate) use middleware::{DelayedRefusal, pass};
pub(crate) use refusals::refusals;

/// The monitoring routes, which are exempt from limits.
const UNLIMITED: [&str; 3] = ["/livez", "/readyz", "/metrics"];

const IN_FLIGHT: &str = "frontrow_http_requests_in_flight";

/// The limits and their usage.
pub(crate) struct Limits {
    max_in_flight: usize,
    in_flight: Semaphore,
    pause: Duration,
    per_address: Option<RateLimit<IpAddr>>,
    per_user: Option<RateLimit<UserId>>,
    metrics: LimitMetrics,
}

/// The metrics of the limits.
struct LimitMetrics {
    in_flight: Gauge,
    overloaded: Counter,
    address: Counter,
    user: Counter,
}

impl Limits {
    /// Creates unused limits.
    pub(crate) fn new(settings: &LimitSettings) -> Self {
        let max_in_flight = settings.in_flight.min(Semaphore::MAX_PERMITS);
        metrics::describe_gauge!(IN_FLIGHT, "Requests in progress, except those that are exempt from limits.");
        let limit_metrics = LimitMetrics {
            in_flight: metrics::gauge!(IN_FLIGHT),
            overloaded: refusals("in_flight"),
            address: refusals("address"),
            user: refusals("user"),
        };
        Self {
            max_in_flight,
            in_flight: Semaphore::new(max_in_flight),
            pause: settings.overload_pause,
            per_address: settings.per_address.map(|rate| RateLimit::new("address", rate)),
            per_user: settings.per_user.map(|rate| RateLimit::new("user", rate)),
            metrics: limit_metrics,
        }
    }

    /// Admits a request, which is in progress until the permit is dropped. Returns no permit for a request that is exempt from limits.
    pub(super) fn enter(&self, request: &ServiceRequest, settings: &HttpSettings) -> Result<Option<SemaphorePermit<'_>>, Problem> {
        if UNLIMITED.contains(&request.path()) {
            return Ok(None);
        }
        if let Some((limit, address)) = self.per_address.as_ref().zip(address::of(request, &settings.limits.trusted_proxies)) {
            limit.count(&address).inspect_err(|_| self.metrics.address.increment(1))?;
        }
        self.in_flight.try_acquire().map(Some).map_err(|_| {
            self.metrics.overloaded.increment(1);
            Problem::of(Error::Overloaded, settings.currency)
        })
    }

    /// Delays a refusal, unless the server stops. Each delayed refusal occupies a connection, so the limit of connections bounds their
    /// number.
    pub(super) async fn pause(&self, closing: &CancellationToken) {
        let _ = closing.run_until_cancelled(sleep(self.pause)).await;
    }

    /// Updates the gauge of requests in progress.
    pub(crate) fn measure(&self) {
        let in_progress = self.max_in_flight.saturating_sub(self.in_flight.available_permits());
        self.metrics.in_flight.set(u32::try_from(in_progress).unwrap_or(u32::MAX));
    }

    /// Counts a request of `user`, or refuses it.
    pub(crate) fn count_user(&self, user: UserId) -> Result<(), Problem> {
        self.per_user.as_ref().map_or(Ok(()), |limit| limit.count(&user).inspect_err(|_| self.metrics.user.increment(1)))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use tokio::time::Instant;

    use super::*;

    #[test]
    fn the_in_flight_limit_is_enforced_and_a_dropped_permit_is_free_again() {
        let mut settings = HttpSettings::new("KRW".parse().expect("a currency"));
        settings.limits.in_flight = 2;
        let limits = Limits::new(&settings.limits);
        let enter = || limits.enter(&TestRequest::with_uri("/v1/concerts").to_srv_request(), &settings);
        let (_first, second) = (enter().expect("a permit"), enter().expect("a permit"));
        assert!((0..1_000).all(|_| enter().is_err()), "all requests beyond the limit are refused");
        drop(second);
        assert!(enter().is_ok_and(|permit| permit.is_some()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_delayed_unless_the_server_stops() {
        let settings = LimitSettings { overload_pause: Duration::from_secs(1), ..LimitSettings::default() };
        let (limits, closing, start) = (Limits::new(&settings), CancellationToken::new(), Instant::now());
        let elapsed_after_pause = async || {
            limits.pause(&closing).await;
            start.elapsed()
        };
        assert_eq!(elapsed_after_pause().await, Duration::from_secs(1));
        closing.cancel();
        assert_eq!(elapsed_after_pause().await, Duration::from_secs(1));
    }
}
