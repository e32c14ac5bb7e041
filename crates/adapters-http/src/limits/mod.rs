//! Limits: what keeps one client, or all of them together, from taking more than there is. Each request passes them, once its body is read and
//! browsers were told who may ask.

mod address;
mod forwarded;
mod rate;
mod refusals;

use std::net::IpAddr;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error as ActixError, HttpMessage as _};
use application::Error;
use domain::UserId;
use metrics::{Counter, Gauge};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

pub use address::{ForwardedHeader, TrustedProxies};
pub use rate::Rate;

use crate::api::{Api, HttpSettings};
use crate::edge::ReceivedBody;
use crate::problem::{Code, Problem};
use rate::RateLimit;

pub(crate) use refusals::refusals;

/// Whoever watches is answered however many ask.
const UNLIMITED: [&str; 3] = ["/livez", "/readyz", "/metrics"];

const IN_FLIGHT: &str = "frontrow_http_requests_in_flight";

/// What an operator may set about limits.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// How many requests may be under way at once; one more is refused as overloaded.
    pub in_flight: usize,
    /// How long whoever is refused as overloaded waits for that answer: a crowd that asks again at once, however it is answered, has no use of
    /// it, and leaves the machine to those who were let in.
    pub overload_pause: Duration,
    /// How often an address may ask; none: as often as it likes.
    pub per_address: Option<Rate>,
    /// How often a user may ask; none: as often as they like.
    pub per_user: Option<Rate>,
    /// Who is believed when they say on whose behalf they ask, and where they say so.
    pub trusted_proxies: TrustedProxies,
}

impl Default for LimitSettings {
    fn default() -> Self {
        let overload_pause = Duration::from_millis(500);
        Self { in_flight: 10_000, overload_pause, per_address: None, per_user: None, trusted_proxies: TrustedProxies::default() }
    }
}

/// The limits, and how much of each is used.
pub(crate) struct Limits {
    at_most: usize,
    in_flight: Semaphore,
    pause: Duration,
    per_address: Option<RateLimit<IpAddr>>,
    per_user: Option<RateLimit<UserId>>,
    measures: Measures,
}

/// What is measured of the limits.
struct Measures {
    in_flight: Gauge,
    overloaded: Counter,
    address: Counter,
    user: Counter,
}

/// Lets `request` through, or refuses it.
pub(crate) async fn pass(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let Some(api) = request.app_data::<Api>().cloned() else { return Err(Problem::internal().into()) };
    let answer = match api.limits().enter(&request, &api.settings) {
        Ok(_under_way) => next.call(request).await?.map_into_boxed_body(),
        Err(problem) => request.error_response(problem),
    };
    if is_overloaded(&answer) {
        let start = Instant::now();
        // What it said is not needed any more.
        answer.request().extensions_mut().remove::<ReceivedBody>();
        // Boxed, since hardly any request needs room for this.
        Box::pin(api.limits().pause(&api.closing)).await;
        answer.request().extensions_mut().insert(DelayedRefusal(start.elapsed()));
    }
    Ok(answer)
}

/// How long a refusal was kept back: nobody worked at it.
pub(crate) struct DelayedRefusal(pub(crate) Duration);

fn is_overloaded(answer: &ServiceResponse<BoxBody>) -> bool {
    let problem = answer.response().error().and_then(ActixError::as_error::<Problem>);
    problem.is_some_and(|problem| problem.code() == Code::Overloaded)
}

impl Limits {
    /// The limits of `settings`, unused.
    pub(crate) fn new(settings: &LimitSettings) -> Self {
        let at_most = settings.in_flight.min(Semaphore::MAX_PERMITS);
        metrics::describe_gauge!(IN_FLIGHT, "Requests under way, but for those that no limit counts.");
        let measures = Measures {
            in_flight: metrics::gauge!(IN_FLIGHT),
            overloaded: refusals("in_flight"),
            address: refusals("address"),
            user: refusals("user"),
        };
        Self {
            at_most,
            in_flight: Semaphore::new(at_most),
            pause: settings.overload_pause,
            per_address: settings.per_address.map(|rate| RateLimit::new("address", rate)),
            per_user: settings.per_user.map(|rate| RateLimit::new("user", rate)),
            measures,
        }
    }

    /// Lets a request in: it is under way until the permit is dropped. None if it needn't ask.
    fn enter(&self, request: &ServiceRequest, settings: &HttpSettings) -> Result<Option<SemaphorePermit<'_>>, Problem> {
        if UNLIMITED.contains(&request.path()) {
            return Ok(None);
        }
        if let Some((limit, address)) = self.per_address.as_ref().zip(address::of(request, &settings.limits.trusted_proxies)) {
            limit.count(&address).inspect_err(|_| self.measures.address.increment(1))?;
        }
        self.in_flight.try_acquire().map(Some).map_err(|_| {
            self.measures.overloaded.increment(1);
            Problem::of(Error::Overloaded, settings.currency)
        })
    }

    /// Keeps a refusal back for a while, unless the server stops. Each keeps a connection: no more are kept back than may be open.
    async fn pause(&self, closing: &CancellationToken) {
        let _ = closing.run_until_cancelled(sleep(self.pause)).await;
    }

    /// Measures how many requests are under way.
    pub(crate) fn measure(&self) {
        let under_way = self.at_most.saturating_sub(self.in_flight.available_permits());
        self.measures.in_flight.set(u32::try_from(under_way).unwrap_or(u32::MAX));
    }

    /// Counts a request of `user`.
    pub(crate) fn count_user(&self, user: UserId) -> Result<(), Problem> {
        self.per_user.as_ref().map_or(Ok(()), |limit| limit.count(&user).inspect_err(|_| self.measures.user.increment(1)))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn as_many_are_under_way_as_may_be_and_a_place_is_free_again_when_one_is_answered() {
        let mut settings = HttpSettings::new("KRW".parse().expect("a currency"));
        settings.limits.in_flight = 2;
        let limits = Limits::new(&settings.limits);
        let ask = || limits.enter(&TestRequest::with_uri("/v1/concerts").to_srv_request(), &settings);
        let (_one, other) = (ask().expect("a place"), ask().expect("a place"));
        assert!((0..1_000).all(|_| ask().is_err()), "one over, and a thousand");
        drop(other);
        assert!(ask().is_ok_and(|place| place.is_some()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_kept_back_unless_the_server_stops() {
        let settings = LimitSettings { overload_pause: Duration::from_secs(1), ..LimitSettings::default() };
        let (limits, closing, start) = (Limits::new(&settings), CancellationToken::new(), Instant::now());
        let told = async || {
            limits.pause(&closing).await;
            start.elapsed()
        };
        assert_eq!(told().await, Duration::from_secs(1));
        closing.cancel();
        assert_eq!(told().await, Duration::from_secs(1));
    }
}
