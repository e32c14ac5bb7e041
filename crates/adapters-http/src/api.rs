//! The API and its parts.

use std::ops::Deref;
use std::sync::Arc;

use application::ports::{Clock, Ids};
use application::{Error, UseCases};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::auth::Issuers;
use crate::edge::Tracer;
use crate::limits::Limits;
use crate::pages::Pages;
use crate::problem::Problem;
use crate::readiness::ReadinessCheck;
use crate::routes::availability::AvailabilityPages;
use crate::routes::board::BoardPages;
use crate::routes::layouts::LayoutPages;
use crate::routes::queue_token_events::Streams;
use crate::routes::seats::SeatPages;
use crate::settings::{AvailabilitySettings, HttpSettings};

/// Renders all metrics in Prometheus' text format.
pub type MetricsPage = Arc<dyn Fn() -> String + Send + Sync>;

/// The parts of the API.
pub struct Parts {
    /// The use cases of the application.
    pub use_cases: UseCases,
    /// The trusted issuers of access tokens.
    pub issuers: Issuers,
    /// The settings.
    pub settings: HttpSettings,
    /// Reports the readiness of this instance.
    pub readiness: ReadinessCheck,
    /// The runtime that owns the store's connections: everything that may use the store runs there to completion, even if the client
    /// disconnects.
    pub runtime: Handle,
    /// The clock that the expiry of access tokens is checked against.
    pub clock: Arc<dyn Clock>,
    /// The source of request ids.
    pub ids: Arc<dyn Ids>,
    /// Renders the metrics of `/metrics`.
    pub metrics: MetricsPage,
    /// Exports the spans of requests, if set.
    pub tracer: Option<Arc<dyn Tracer>>,
    /// The pages that other crates add.
    pub pages: Pages,
    /// Ends all event streams, which would otherwise delay a shutdown.
    pub closing: CancellationToken,
}

/// The API, shared by all workers.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    parts: Parts,
    seat_pages: SeatPages,
    layout_pages: LayoutPages,
    availability_pages: AvailabilityPages,
    board_pages: BoardPages,
    streams: Streams,
    limits: Limits,
}

/// The use cases as a handle that can be sent to another thread at the cost of one reference count.
pub(crate) struct UseCaseHandle(Api);

impl Deref for UseCaseHandle {
    type Target = UseCases;

    fn deref(&self) -> &UseCases {
        &self.0.use_cases
    }
}

impl Api {
    /// Creates the API from its parts.
    pub fn new(parts: Parts) -> Self {
        let streams = Streams::new(parts.settings.streams.at_most);
        let limits = Limits::new(&parts.settings.limits);
        let seat_pages = SeatPages::new(parts.settings.seat_page_bytes);
        let layout_pages = LayoutPages::new(parts.settings.layout_page_bytes);
        let AvailabilitySettings { bytes, render_interval, .. } = parts.settings.availability;
        let availability_pages = AvailabilityPages::new(bytes, render_interval);
        let board_pages = BoardPages::new();
        Self(Arc::new(Inner { parts, seat_pages, layout_pages, availability_pages, board_pages, streams, limits }))
    }

    /// Returns the open event streams.
    pub(crate) fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// Returns the limits and their usage.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Updates the gauges that are read on demand: the number of requests in progress.
    pub(crate) fn measure(&self) {
        self.0.limits.measure();
    }

    /// Returns the rendered seat maps.
    pub(crate) fn seat_pages(&self) -> &SeatPages {
        &self.0.seat_pages
    }

    /// Returns the rendered layouts.
    pub(crate) fn layout_pages(&self) -> &LayoutPages {
        &self.0.layout_pages
    }

    /// Returns the rendered availabilities.
    pub(crate) fn availability_pages(&self) -> &AvailabilityPages {
        &self.0.availability_pages
    }

    /// Returns the rendered boards.
    pub(crate) fn board_pages(&self) -> &BoardPages {
        &self.0.board_pages
    }

    /// Calls the application on the runtime that owns the store's connections.
    pub(crate) async fn try_run<T, F>(&self, call: impl FnOnce(UseCaseHandle) -> F) -> Result<Result<T, Error>, Problem>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let result = self.runtime.spawn(call(UseCaseHandle(self.clone())).in_current_span()).await;
        result.map_err(|error| {
            if error.is_panic() {
                tracing::error!("a use case panicked");
                Problem::internal()
            } else {
                Problem::unavailable()
            }
        })
    }

    /// Calls the application as [`Self::try_run`] does, and returns its errors as problems.
    pub(crate) async fn run<T, F>(&self, call: impl FnOnce(UseCaseHandle) -> F) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        self.try_run(call).await?.map_err(|error| Problem::of(error, self.settings.currency))
    }
}

impl Deref for Api {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}
