//! What the API is made of.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use application::ports::{Clock, Ids};
use application::{Error, UseCases};
use domain::Currency;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::auth::Issuers;
use crate::edge::Tracer;
use crate::limits::{LimitSettings, Limits};
use crate::problem::Problem;
use crate::routes::queue_token_events::Streams;
use crate::routes::seats::SeatPages;

/// What an operator may set about HTTP.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The service's one currency: amounts in any other are refused.
    pub currency: Currency,
    /// Whether anybody may register with the built-in issuer.
    pub registration: bool,
    /// The largest body of a request, in bytes.
    pub body_limit: usize,
    /// The largest body of an operator's order, in bytes.
    pub operator_body_limit: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// How event streams are kept.
    pub streams: StreamSettings,
    /// How much clients may ask.
    pub limits: LimitSettings,
    /// The origins whose pages may ask, like `https://shop.example`.
    pub cors_origins: Vec<String>,
}

/// What an operator may set about event streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamSettings {
    /// How many may be open at once; one more is refused as overloaded.
    pub at_most: usize,
    /// Between two signs of life, if there is nothing to tell.
    pub heartbeat: Duration,
    /// After so long a stream ends, and its client asks again.
    pub lifetime: Duration,
}

impl Default for StreamSettings {
    fn default() -> Self {
        Self { at_most: 20_000, heartbeat: Duration::from_secs(15), lifetime: Duration::from_hours(1) }
    }
}

impl HttpSettings {
    /// The default settings: registration, bodies of at most 16 KiB within 10 s.
    pub fn new(currency: Currency) -> Self {
        let body_timeout = Duration::from_secs(10);
        let (streams, limits) = (StreamSettings::default(), LimitSettings::default());
        Self {
            currency,
            registration: true,
            body_limit: 16 * 1024,
            operator_body_limit: 4 * 1024 * 1024,
            body_timeout,
            streams,
            limits,
            cors_origins: Vec::new(),
        }
    }
}

/// Whether this instance should be sent requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It should.
    Ready,
    /// It should, although something that all instances share is at fault, shown to whoever asks: what is in memory is answered from here as well as from
    /// anywhere.
    Degraded(String),
    /// It should not, and why: shown to whoever asks.
    NotReady(String),
}

/// Tells whether this instance is ready. It is asked on a thread that serves requests: it must answer at once, from memory.
pub type ReadinessCheck = Arc<dyn Fn() -> Readiness + Send + Sync>;

/// Writes all metrics down, in Prometheus' text format.
pub type MetricsPage = Arc<dyn Fn() -> String + Send + Sync>;

/// What the API is made of.
pub struct Parts {
    /// What can be asked of the application.
    pub use_cases: UseCases,
    /// Whose access tokens are believed.
    pub issuers: Issuers,
    /// What an operator may set.
    pub settings: HttpSettings,
    /// Whether this instance is ready.
    pub readiness: ReadinessCheck,
    /// The runtime that owns the store's connections: whatever may touch the store runs there, to its end, even if the client
    /// hangs up.
    pub runtime: Handle,
    /// The clock by which access tokens end.
    pub clock: Arc<dyn Clock>,
    /// Where the ids of requests come from.
    pub ids: Arc<dyn Ids>,
    /// What `/metrics` shows.
    pub metrics: MetricsPage,
    /// Where the spans of requests are followed to, if anywhere.
    pub tracer: Option<Arc<dyn Tracer>>,
    /// Ends all event streams, which would hold up a stop.
    pub closing: CancellationToken,
}

/// The API, to be shared by all workers.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    parts: Parts,
    seat_pages: SeatPages,
    streams: Streams,
    limits: Limits,
}

/// Where the application is asked: its use cases, as something that can be sent to another thread at the price of one counter.
pub(crate) struct UseCaseHandle(Api);

impl Deref for UseCaseHandle {
    type Target = UseCases;

    fn deref(&self) -> &UseCases {
        &self.0.use_cases
    }
}

impl Api {
    /// The API made of `parts`.
    pub fn new(parts: Parts) -> Self {
        let streams = Streams::new(parts.settings.streams.at_most);
        let limits = Limits::new(&parts.settings.limits);
        Self(Arc::new(Inner { parts, seat_pages: SeatPages::default(), streams, limits }))
    }

    /// The open event streams.
    pub(crate) fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// The limits, and how much of each is used.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Measures what is counted by looking: how many requests are under way.
    pub(crate) fn measure(&self) {
        self.0.limits.measure();
    }

    /// The rendered seat maps.
    pub(crate) fn seat_pages(&self) -> &SeatPages {
        &self.0.seat_pages
    }

    /// Asks the application on the runtime that owns the store's connections.
    pub(crate) async fn try_ask<T, F>(&self, question: impl FnOnce(UseCaseHandle) -> F) -> Result<Result<T, Error>, Problem>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let answer = self.runtime.spawn(question(UseCaseHandle(self.clone())).in_current_span()).await;
        answer.map_err(|broken| {
            if broken.is_panic() {
                tracing::error!("a use case panicked");
                Problem::internal()
            } else {
                Problem::unavailable()
            }
        })
    }

    /// As [`Self::try_ask`], with what the application refuses as a problem.
    pub(crate) async fn ask<T, F>(&self, question: impl FnOnce(UseCaseHandle) -> F) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        self.try_ask(question).await?.map_err(|error| Problem::of(error, self.settings.currency))
    }
}

impl Deref for Api {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}
