//! The connections that the users share. A user who waits or hesitates occupies none.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use bytes::Bytes;
use frontrow_client::transport::TransportError;
use frontrow_client::{Call, Reply};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::Server;

/// The time limit for a response.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The time after which an idle connection isn't reused, since servers close them, by default after 5 s.
const MAX_IDLE: Duration = Duration::from_secs(3);

/// A connection that is ready to send.
pub(super) type Sender = SendRequest<Full<Bytes>>;

/// A pool of persistent connections, at most as many as there are permits.
pub(crate) struct Pool {
    pub(super) server: Server,
    permits: Semaphore,
    idle: RefCell<Vec<(Sender, Instant)>>,
}

/// The right to use one connection for an exchange.
pub(crate) struct Lease<'a> {
    pool: &'a Pool,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Pool {
    pub(crate) fn new(server: Server, connections: usize) -> Self {
        Self { server, permits: Semaphore::new(connections), idle: RefCell::new(Vec::new()) }
    }

    /// Waits until a connection is available.
    pub(crate) async fn acquire(&self) -> Lease<'_> {
        // The semaphore is never closed.
        Lease { pool: self, _permit: self.permits.acquire().await.ok() }
    }

    /// Opens a connection in addition to the shared ones.
    pub(super) async fn connect(&self) -> Result<Sender, TransportError> {
        let stream = TcpStream::connect(self.server.address).await.map_err(no_connection)?;
        stream.set_nodelay(true).map_err(no_connection)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // The task ends with the sender; errors are reported to the pending request.
        drop(tokio::task::spawn_local(connection));
        Ok(sender)
    }

    /// Sends `call` over a separate connection and disconnects after the time `after`, whatever has been sent or received by then.
    pub(crate) async fn send_and_disconnect<T>(&self, call: &Call<T>, jwt: &str, after: Duration) -> Result<(), TransportError> {
        let request = self.server.request(call, jwt)?;
        let mut sender = self.connect().await?;
        // A response that arrived in time is not read either.
        let _ = timeout(after, sender.send_request(request)).await;
        Ok(())
    }

    /// Takes an idle connection that can be reused.
    fn take_idle(&self) -> Option<Sender> {
        let mut idle = self.idle.borrow_mut();
        while let Some((sender, since)) = idle.pop() {
            if since.elapsed() < MAX_IDLE && sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }
}

impl Lease<'_> {
    /// Sends `call` and waits for the response.
    pub(crate) async fn exchange<T>(&self, call: &Call<T>, jwt: &str) -> Result<Reply, TransportError> {
        timeout(TIMEOUT, self.send(call, jwt)).await.map_err(|_| TransportError::Timeout(TIMEOUT))?
    }

    async fn send<T>(&self, call: &Call<T>, jwt: &str) -> Result<Reply, TransportError> {
        let mut sender = match self.pool.take_idle() {
            Some(sender) => sender,
            None => self.pool.connect().await?,
        };
        let (head, body) = sender.send_request(self.pool.server.request(call, jwt)?).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        // hyper needs a moment after the body before the connection can be reused.
        if sender.ready().await.is_ok() {
            self.pool.idle.borrow_mut().push((sender, Instant::now()));
        }
        Ok(Reply { status: head.status.as_u16(), headers: head.headers, body })
    }
}

fn no_connection(error: std::io::Error) -> TransportError {
    TransportError::Connect(error.into())
}
