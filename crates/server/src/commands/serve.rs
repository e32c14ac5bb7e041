//! `frontrow serve`: wires the components and serves until a signal.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use adapters_http::{Api, HttpSettings, Issuers, Parts as ApiParts, Tracer, WireSettings};
use anyhow::Context;
use application::service::{Parts as ServiceParts, Settings as ServiceSettings};
use application::{LedgerMonitor, RandomIds, Service};
use tokio::net::TcpSocket;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::issuer;
use crate::config::{External, Settings};
use crate::health::{self, Health};
use crate::keys::Rotation;
use crate::measure::{self, Sources};
use crate::store::{self, Connections, OpenStore};
use crate::{demo, files, welcome};

/// The number of connections that wait to be accepted before the kernel refuses more.
const BACKLOG: u32 = 1_024;
/// The time that the lanes and the tasks have to finish after the last request.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// The components that run behind the API.
struct BackgroundTasks {
    service: Service,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// Ends the event streams.
    closing: CancellationToken,
    health: Arc<Health>,
    connections: Arc<dyn Connections>,
}

pub(super) fn run(runtime: &Runtime, mut settings: Settings, tracer: Option<Arc<dyn Tracer>>) -> anyhow::Result<ExitCode> {
    // Kept until the process exits, so that no other server starts while a last commit of this one is in progress.
    std::mem::forget(runtime.block_on(settings.store.lock())?);
    fit_open_files(&mut settings);
    let (api, background) = runtime.block_on(prepare(runtime, &settings, tracer))?;
    actix_web::rt::System::new().block_on(serve(api, &settings, &background))?;
    runtime.block_on(background.end());
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Lowers the limits of connections to the files that the process may open, so that excess connections wait or get an error response
/// instead of failing.
fn fit_open_files(settings: &mut Settings) {
    let (connections, streams) = (settings.http.max_connections, settings.http.streams.at_most);
    let allowed = files::raise_limit(connections.saturating_add(streams));
    let (max_connections, max_event_streams) = files::fit(connections, streams, allowed);
    if (max_connections, max_event_streams) == (connections, streams) {
        return;
    }
    let allowed = allowed.unwrap_or(usize::MAX);
    (settings.http.max_connections, settings.http.streams.at_most) = (max_connections, max_event_streams);
    // A demo on a laptop has few users; in production, the operator should raise the limit.
    if settings.demo {
        tracing::debug!(
            allowed,
            max_connections,
            max_event_streams,
            "the limit of open files is lower than the configured connections require"
        );
    } else {
        tracing::warn!(
            allowed,
            max_connections,
            max_event_streams,
            "http.max_connections and http.max_event_streams are lowered to fit the limit of open files: raise that limit (ulimit -n)"
        );
    }
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

async fn prepare(runtime: &Runtime, settings: &Settings, tracer: Option<Arc<dyn Tracer>>) -> anyhow::Result<(Api, BackgroundTasks)> {
    // Before any handle of a metric is created.
    let metrics = measure::install()?;
    let rotations = rotations(settings).await?;
    let OpenStore { ports, clock, lanes, connections } = settings.store.open().await?;
    let issuers = Issuers::new(issuer::of_store(settings, &*ports.secrets).await?, rotations.iter().map(Rotation::issuer).collect());
    let rules = settings.rules.clone();
    let (ids, currency) = (Arc::new(RandomIds), rules.currency);
    let max_charge = rules.max_charge.min(rules.max_balance);
    let parts = ServiceParts { ports: ports.clone(), clock: clock.clone(), ids: ids.clone(), rules };
    let service = Service::start(parts, service_settings(settings, lanes)).await.context("the waiting room can't be loaded")?;
    let use_cases = service.use_cases.clone();
    if settings.demo {
        demo::seed(&ports, &use_cases, clock.now(), max_charge).await.context("the demo data can't be added")?;
    }

    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let health = Arc::new(Health::new(if ports.is_shared { health::Store::Shared } else { health::Store::Own }));
    health.set_loaded();
    tasks.spawn(health.clone().watch(ports.health_check.clone(), stop.clone()));
    for rotation in rotations {
        tasks.spawn(rotation.run(stop.clone()));
    }
    tasks.spawn(measure::upkeep(metrics.clone(), stop.clone()));
    let ledger_monitor = LedgerMonitor::new(ports.audit.clone(), clock.clone());
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
    let parts = ApiParts { use_cases, issuers, settings: http, readiness, runtime, clock, ids, metrics, tracer, closing: closing.clone() };
    Ok((Api::new(parts), BackgroundTasks { service, tasks, stop, closing, health, connections }))
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
    }
}

/// Serves until SIGTERM or SIGINT; then becomes unready, stops accepting connections, and completes the requests in progress.
async fn serve(api: Api, settings: &Settings, background: &BackgroundTasks) -> anyhow::Result<()> {
    let http = &settings.http;
    let workers = http.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get));
    let wire = WireSettings {
        workers,
        max_connections: http.max_connections,
        header_timeout: http.header_timeout,
        keep_alive: http.keep_alive,
        drain: http.drain,
    };
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let listener = listen(http.bind).with_context(|| format!("http.bind: can't listen on {}", http.bind))?;
    let address = listener.local_addr()?;
    let server = adapters_http::serve(&api, listener, wire)?;
    let handle = server.handle();
    let serving = actix_web::rt::spawn(server);
    tracing::info!(%address, "serving");
    welcome::print(address, settings.demo);

    tokio::select! {
        _ = terminate.recv() => tracing::info!("SIGTERM: stopping"),
        _ = interrupt.recv() => tracing::info!("SIGINT: stopping"),
        ended = serving => return Ok(ended??),
    }
    background.health.set_stopping();
    // Load balancers notice the readiness and send requests to other instances; a second signal ends this wait.
    tokio::select! {
        () = tokio::time::sleep(http.notice) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    background.closing.cancel();
    handle.stop(true).await;
    Ok(())
}

/// Opens the listening socket.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Another process may have listened on this address moments ago.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

impl BackgroundTasks {
    /// Commits the accepted commands, ends the tasks, and closes the connections.
    async fn end(self) {
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
