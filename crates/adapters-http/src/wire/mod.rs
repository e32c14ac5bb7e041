//! The wire: connections, from being taken to being closed. actix-http speaks HTTP/1 on them. Beneath it a `connection` does
//! two things that it leaves no room for:
//!
//! ```text
//!   socket ── Connection ── actix-http ── the application
//!                │  └─ what the parser refused by itself leaves as a problem (`refusal`)
//!                └─ an endless answer goes on without actix-http (`handover`)
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

/// How long a connection that is closed may take to close.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// What an operator may set about connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WireSettings {
    /// How many threads serve them.
    pub workers: usize,
    /// How many may be open at once, beside event streams; others wait to be taken.
    pub max_connections: usize,
    /// How long a request's head may take.
    pub header_timeout: Duration,
    /// How long a connection without a request stays open.
    pub keep_alive: Duration,
    /// How long the requests under way have to finish when the server stops.
    pub drain: Duration,
}

impl Default for WireSettings {
    fn default() -> Self {
        let (header_timeout, keep_alive, drain) = (Duration::from_secs(5), Duration::from_secs(5), Duration::from_secs(6));
        Self { workers: 1, max_connections: 25_000, header_timeout, keep_alive, drain }
    }
}

/// Serves `api` on the connections of `listener`, until the server is told to stop. Signals are left to the caller.
///
/// # Errors
/// If the listener can't be used.
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
