//! The wire: connections, from being accepted to being closed. actix-http speaks HTTP/1 on them. Beneath it, a `connection` does two things
//! that actix-http does not support:
//!
//! ```text
//!   socket ── Connection ── actix-http ── the application
//!                │  └─ a refusal of the parser is replaced by a problem (`refusal`)
//!                └─ an endless response continues without actix-http (`handover`)
//! ```

mod connection;
mod handover;
mod refusal;

use std::future::ready;
use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_http::HttpService;
use actix_server::Server;
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::Error;
use actix_web::dev::{AppConfig, Extensions};
use actix_web::rt::net::TcpStream;

use crate::api::Api;
use crate::app::app;
use connection::Connection;

pub(crate) use handover::{Handover, Push};

/// How long closing a connection may take.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// Settings of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WireSettings {
    /// The number of worker threads.
    pub workers: usize,
    /// The maximum number of open connections, without event streams; further ones wait to be accepted.
    pub max_connections: usize,
    /// How long the head of a request may take to arrive.
    pub header_timeout: Duration,
    /// How long an idle connection stays open.
    pub keep_alive: Duration,
    /// How long the requests in progress have to finish when the server stops.
    pub drain: Duration,
}

impl Default for WireSettings {
    fn default() -> Self {
        let (header_timeout, keep_alive, drain) = (Duration::from_secs(5), Duration::from_secs(5), Duration::from_secs(6));
        Self { workers: 1, max_connections: 25_000, header_timeout, keep_alive, drain }
    }
}

/// Serves `api` on the connections of `listener` until the server is stopped. Signals are left to the caller.
///
/// # Errors
/// Fails if the listener can't be used.
pub fn serve(api: &Api, listener: TcpListener, settings: WireSettings) -> io::Result<Server> {
    let server = Server::build();
    let stopping = server.graceful_shutdown_signal();
    let api = api.clone();
    let server = server
        .workers(settings.workers)
        .max_concurrent_connections(settings.max_connections.div_ceil(settings.workers))
        .disable_signals()
        .shutdown_timeout(settings.drain.as_secs());
    let server = server.listen("http", listener, move || {
        let stopping = stopping.clone();
        let stopping = move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        };
        let app = app(&api).into_factory().map_err(|error: Error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(stopping)
            .keep_alive(settings.keep_alive)
            .client_request_timeout(settings.header_timeout)
            .client_disconnect_timeout(SHUTDOWN_TIMEOUT)
            .on_connect_ext(|connection: &Connection, data: &mut Extensions| {
                data.insert(connection.handover());
            })
            .h1(map_config(app, |()| AppConfig::default()));
        let api = api.clone();
        let connect = fn_service(move |socket: TcpStream| {
            let peer = socket.peer_addr().ok();
            ready(Ok((Connection::new(socket, api.clone()), peer)))
        });
        connect.and_then(http)
    })?;
    Ok(server.run())
}
