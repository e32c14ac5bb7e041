//! The listening socket, and the signals that end the server.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;

use adapters_http::{Api, WireSettings};
use anyhow::Context;
use tokio::net::TcpSocket;
use tokio::signal::unix::{SignalKind, signal};

use super::components::BackgroundTasks;
use crate::config::Settings;
use crate::welcome;

/// The number of connections that wait to be accepted before the kernel refuses more.
const BACKLOG: u32 = 1_024;

/// Serves until SIGTERM or SIGINT; then becomes unready, stops accepting connections, and completes the requests in progress.
pub(super) async fn serve(api: Api, settings: &Settings, background: &BackgroundTasks) -> anyhow::Result<()> {
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
    welcome::print(address, &http.web, settings.demo);

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
