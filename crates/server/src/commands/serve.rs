//! `frontrow serve`: wires everything and serves until it is told to stop.

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
use crate::measure::{self, Watched};
use crate::store::{self, Connections, OpenStore};
use crate::{demo, files, welcome};

/// How many connections wait to be taken before the kernel refuses more.
const BACKLOG: u32 = 1_024;
/// How long the lanes and the tasks have to finish after the last request.
const LAST_COMMITS: Duration = Duration::from_secs(2);

/// What runs behind the API.
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
    // Kept until the process ends, lest another server start while a last commit of this one is under way.
    std::mem::forget(runtime.block_on(settings.store.lock())?);
    fit_open_files(&mut settings);
    let (api, backstage) = runtime.block_on(prepare(runtime, &settings, tracer))?;
    actix_web::rt::System::new().block_on(serve(api, &settings, &backstage))?;
    runtime.block_on(backstage.end());
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Lowers the limits of connections to what the process may open: what is one too many waits or is told so, instead of failing.
fn fit_open_files(settings: &mut Settings) {
    let (connections, streams) = (settings.http.max_connections, settings.http.streams.at_most);
    let allowed = files::open_as_many_as_may_be(connections.saturating_add(streams));
    let (max_connections, max_event_streams) = files::fit(connections, streams, allowed);
    if (max_connections, max_event_streams) == (connections, streams) {
        return;
    }
    let allowed = allowed.unwrap_or(usize::MAX);
    (settings.http.max_connections, settings.http.streams.at_most) = (max_connections, max_event_streams);
    // Of a demo on a laptop no crowd comes; before a real one, somebody should raise the limit.
    if settings.demo {
        tracing::debug!(allowed, max_connections, max_event_streams, "fewer files may be open than configured connections need");
    } else {
        tracing::warn!(
            allowed,
            max_connections,
            max_event_streams,
            "http.max_connections and http.max_event_streams are lowered to the files that may be open: raise that limit (ulimit -n)"
        );
    }
}

/// The keys of the external issuers, read once, all at a time.
async fn rotations(settings: &Settings) -> anyhow::Result<Vec<Rotation>> {
    let of = |issuer: &External| tokio::spawn(Rotation::start(issuer.clone(), settings.auth.refresh));
    let starting: Vec<_> = settings.auth.external.iter().map(of).collect();
    let mut rotations = Vec::new();
    for started in starting {
        rotations.push(started.await??);
    }
    Ok(rotations)
}

async fn prepare(runtime: &Runtime, settings: &Settings, tracer: Option<Arc<dyn Tracer>>) -> anyhow::Result<(Api, BackgroundTasks)> {
    // Before anything counts.
    let metrics = measure::keep()?;
    let rotations = rotations(settings).await?;
    let OpenStore { ports, clock, lanes, connections } = settings.store.open().await?;
    let issuers = Issuers::new(issuer::of(settings, &*ports.secrets).await?, rotations.iter().map(Rotation::issuer).collect());
    let rules = settings.rules.clone();
    let (ids, currency) = (Arc::new(RandomIds), rules.currency);
    let ceiling = rules.max_charge.min(rules.max_balance);
    let parts = ServiceParts { ports: ports.clone(), clock: clock.clone(), ids: ids.clone(), rules };
    let service = Service::start(parts, service_settings(settings, lanes)).await.context("the waiting room can't be filled")?;
    let use_cases = service.use_cases.clone();
    if settings.demo {
        demo::seed(&ports, &use_cases, clock.now(), ceiling).await.context("the demo can't be put on")?;
    }

    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let health = Arc::new(Health::new(if ports.is_shared { health::Store::Shared } else { health::Store::Own }));
    health.loaded();
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
    let watched = Watched { lanes, room, sales_metrics, connections: connections.clone() };
    let metrics = measure::page(metrics, watched);
    let runtime = runtime.handle().clone();
    let parts = ApiParts { use_cases, issuers, settings: http, readiness, runtime, clock, ids, metrics, tracer, closing: closing.clone() };
    Ok((Api::new(parts), BackgroundTasks { service, tasks, stop, closing, health, connections }))
}

/// How the service is run; `lanes` suit the store.
fn service_settings(settings: &Settings, lanes: usize) -> ServiceSettings {
    ServiceSettings {
        lanes: settings.commit.lanes.unwrap_or(lanes),
        max_waiting: settings.commit.max_waiting,
        max_batch: settings.commit.max_batch,
        deadline: settings.commit.deadline,
        max_waiting_orders: settings.operators.max_waiting,
        order_deadline: settings.operators.deadline,
        follow: settings.follow,
        intervals: settings.intervals,
        retention: settings.retention,
    }
}

/// Serves until SIGTERM or SIGINT; then is no longer ready, takes no more connections, and lets the requests under way finish.
async fn serve(api: Api, settings: &Settings, backstage: &BackgroundTasks) -> anyhow::Result<()> {
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
    let listener = listen(http.bind).with_context(|| format!("http.bind: {} can't be listened on", http.bind))?;
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
    backstage.health.stop();
    // Whoever sends requests here reads it, and sends them elsewhere; a second signal cuts that short.
    tokio::select! {
        () = tokio::time::sleep(http.notice) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    backstage.closing.cancel();
    handle.stop(true).await;
    Ok(())
}

/// A socket to which clients connect.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Another process may have served here a moment ago.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

impl BackgroundTasks {
    /// Commits what was taken, ends the tasks, and closes the connections.
    async fn end(self) {
        self.stop.cancel();
        let ended = async {
            self.service.end().await;
            self.tasks.wait().await;
            store::close(&*self.connections).await;
        };
        if tokio::time::timeout(LAST_COMMITS, ended).await.is_err() {
            tracing::warn!("not everything had finished in time");
        }
    }
}
