//! The components of a running server: the API, and what runs behind it.

use std::sync::Arc;
use std::time::Duration;

use adapters_http::{Api, AvailabilitySettings, HttpSettings, Issuers, Pages, Parts as ApiParts, Tracer};
use adapters_web::Site;
use anyhow::Context;
use application::service::{Parts as ServiceParts, Settings as ServiceSettings};
use application::{LedgerMonitor, RandomIds, Service};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::super::issuer;
use crate::config::{External, Settings};
use crate::demo;
use crate::health::{self, Health};
use crate::keys::Rotation;
use crate::measure::{self, Sources};
use crate::store::{self, Connections, OpenStore};

/// The time that the lanes and the tasks have to finish after the last request.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// The components that run behind the API.
pub(super) struct BackgroundTasks {
    service: Service,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// Ends the event streams.
    pub(super) closing: CancellationToken,
    pub(super) health: Arc<Health>,
    connections: Arc<dyn Connections>,
}

/// Opens the store and starts all components.
pub(super) async fn prepare(
    runtime: &Runtime,
    settings: &Settings,
    tracer: Option<Arc<dyn Tracer>>,
) -> anyhow::Result<(Api, BackgroundTasks)> {
    // Before any handle of a metric is created.
    let metrics = measure::install()?;
    let rotations = rotations(settings).await?;
    let OpenStore { ports, clock, lanes, connections } = settings.store.open().await?;
    let issuers = Issuers::new(issuer::of_store(settings, &*ports.secrets).await?, rotations.iter().map(Rotation::issuer).collect());
    let rules = settings.rules.clone();
    let (ids, currency) = (Arc::new(RandomIds), rules.currency);
    let max_charge = rules.max_charge.min(rules.max_balance);
    let is_new = settings.demo && demo::add_concerts(&ports, clock.now()).await.context("the demo concerts can't be added")?;
    let parts = ServiceParts { ports: ports.clone(), clock: clock.clone(), ids: ids.clone(), rules };
    let service = Service::start(parts, service_settings(settings, lanes)).await.context("the read models can't be loaded")?;
    let use_cases = service.use_cases.clone();
    if is_new {
        demo::add_user(&use_cases, max_charge).await.context("the demo user can't be added")?;
    }

    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let health = Arc::new(Health::new(if ports.is_shared { health::Store::Shared } else { health::Store::Own }));
    health.set_loaded();
    tasks.spawn(health.clone().watch(ports.health_check.clone(), stop.clone()));
    for rotation in rotations {
        tasks.spawn(rotation.run(stop.clone()));
    }
    tasks.spawn(measure::upkeep(metrics.clone(), stop.clone()));
    let ledger_monitor = LedgerMonitor::new(ports.audit.clone());
    if let Some(period) = settings.telemetry.ledger_check {
        tasks.spawn(ledger_monitor.run(period, stop.clone()));
    }
    tasks.close();

    let http = HttpSettings {
        currency,
        registration: settings.auth.registration,
        body_limit: settings.http.max_body_bytes,
        operator_body_limit: settings.operators.max_body_bytes,
        body_timeout: settings.http.body_timeout,
        streams: settings.http.streams,
        limits: settings.http.limits.clone(),
        cors_origins: settings.http.cors_origins.clone(),
        seat_page_bytes: settings.memory.seat_page_bytes,
        layout_page_bytes: settings.memory.limits.layouts,
        sessions: settings.sessions,
        availability: AvailabilitySettings { bytes: settings.memory.availability_bytes, ..settings.http.availability },
    };
    let readiness = Arc::new({
        let health = health.clone();
        move || health.readiness()
    });
    let closing = CancellationToken::new();
    let (lanes, room, sales_metrics) = (service.lanes.clone(), service.room.clone(), service.sales_metrics.clone());
    let sources = Sources { lanes, room, sales_metrics, connections: connections.clone() };
    let metrics = measure::page(metrics, sources);
    let runtime = runtime.handle().clone();
    let site = Site::load(&settings.http.web).context("the pages can't be read")?;
    let pages = Pages::new(site.patterns().collect::<Vec<_>>(), move |config| site.configure(config));
    let parts =
        ApiParts { use_cases, issuers, settings: http, readiness, runtime, clock, ids, metrics, tracer, pages, closing: closing.clone() };
    Ok((Api::new(parts), BackgroundTasks { service, tasks, stop, closing, health, connections }))
}

/// Reads the keys of all external issuers for the first time, concurrently.
async fn rotations(settings: &Settings) -> anyhow::Result<Vec<Rotation>> {
    let start = |issuer: &External| tokio::spawn(Rotation::start(issuer.clone(), settings.auth.refresh));
    let starting: Vec<_> = settings.auth.external.iter().map(start).collect();
    let mut rotations = Vec::new();
    for started in starting {
        rotations.push(started.await??);
    }
    Ok(rotations)
}

/// Returns the settings of the service; `lanes` is the default of the store.
fn service_settings(settings: &Settings, lanes: usize) -> ServiceSettings {
    ServiceSettings {
        lanes: settings.commit.lanes.unwrap_or(lanes),
        max_waiting: settings.commit.max_waiting,
        max_batch: settings.commit.max_batch,
        deadline: settings.commit.deadline,
        max_waiting_operator_commands: settings.operators.max_waiting,
        operator_deadline: settings.operators.deadline,
        follow: settings.follow,
        intervals: settings.intervals,
        retention: settings.retention,
        memory: settings.memory.limits,
    }
}

impl BackgroundTasks {
    /// Commits the accepted commands, ends the tasks, and closes the connections.
    pub(super) async fn end(self) {
        self.stop.cancel();
        let ended = async {
            self.service.end().await;
            self.tasks.wait().await;
            store::close(&*self.connections).await;
        };
        if tokio::time::timeout(SHUTDOWN_TIMEOUT, ended).await.is_err() {
            tracing::warn!("not all commits and tasks finished in time");
        }
    }
}
