//! The connections that the crowd shares: who waits or thinks needs none.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::{Call, Lost, Reply, Server};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// An idle connection is used so long: servers close them, by default after 5 s.
const FRESH: Duration = Duration::from_secs(3);

/// A connection, ready to send.
pub(super) type Sender = SendRequest<Full<Bytes>>;

/// Connections that are kept, at most as many as there are permits.
pub(crate) struct Pool {
    pub(super) server: Server,
    permits: Semaphore,
    idle: RefCell<Vec<(Sender, Instant)>>,
}

/// A connection that is one's own until its answer is there.
pub(crate) struct Turn<'a> {
    pool: &'a Pool,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Pool {
    pub(crate) fn new(server: Server, connections: usize) -> Self {
        Self { server, permits: Semaphore::new(connections), idle: RefCell::new(Vec::new()) }
    }

    /// Waits until a connection is to be had.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        // It is never closed.
        Turn { pool: self, _permit: self.permits.acquire().await.ok() }
    }

    /// A connection of one's own, beside the shared ones.
    pub(super) async fn connect(&self) -> Result<Sender, Lost> {
        let stream = TcpStream::connect(self.server.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; who waits for an answer hears of errors.
        drop(tokio::task::spawn_local(connection));
        Ok(sender)
    }

    /// Sends `call` over a connection of its own and hangs up after a while, wherever it is then.
    pub(crate) async fn hang_up(&self, call: &Call, after: Duration) -> Result<(), Lost> {
        let request = call.request(&self.server)?;
        let mut sender = self.connect().await?;
        // An answer that came in time is not read either.
        let _ = timeout(after, sender.send_request(request)).await;
        Ok(())
    }

    fn idle(&self) -> Option<Sender> {
        let mut idle = self.idle.borrow_mut();
        while let Some((sender, since)) = idle.pop() {
            if since.elapsed() < FRESH && sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }
}

impl Turn<'_> {
    /// Sends `call` and waits for the answer.
    pub(crate) async fn exchange(&self, call: &Call) -> Result<Reply, Lost> {
        timeout(TIMEOUT, self.send(call)).await?
    }

    async fn send(&self, call: &Call) -> Result<Reply, Lost> {
        let mut sender = match self.pool.idle() {
            Some(sender) => sender,
            None => self.pool.connect().await?,
        };
        let answer = sender.send_request(call.request(&self.pool.server)?).await?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await?.to_bytes();
        // After the body hyper needs a moment of its own; then the connection is as good as new.
        if sender.ready().await.is_ok() {
            self.pool.idle.borrow_mut().push((sender, Instant::now()));
        }
        Ok(Reply { status, body })
    }
}
