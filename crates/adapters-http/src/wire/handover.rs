//! Handing over a connection: a response that lasts for hours keeps only its socket, and not the resources of a request, which are
//! actix-http's two buffers of 8 KiB and its state.
//!
//! ```text
//!   actix-http writes the head ──► polls the body ──► the body requests the socket
//!                                                           │ everything that was written is flushed
//!   a separate task pushes the frames ◄── the socket ◄──────┘
//!   actix-http finds the connection broken, and drops it and all pipelined requests
//! ```

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, rt};
use futures_util::{Stream, StreamExt as _};
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

/// The number of bytes that a client may send while frames are pushed to it; they are discarded.
const MAX_RECEIVED_BYTES: usize = 16 * 1024;

/// A function that takes over a socket.
type Take = Box<dyn FnOnce(TcpStream)>;

/// The handover by which the body of a response requests the socket of its connection.
#[derive(Clone, Default)]
pub(crate) struct Handover(Rc<Cell<Option<Take>>>);

impl Handover {
    /// Hands over `socket` if it was requested. Returns whether it was.
    pub(super) fn give(&self, socket: &mut Option<TcpStream>) -> bool {
        let Some(take) = self.0.take() else { return false };
        socket.take().map(take).is_some()
    }
}

/// A stream of frames to push to a client.
pub(crate) struct Push<F> {
    /// The frames.
    pub(crate) frames: F,
    /// How long a client may take to read a frame before it is disconnected.
    pub(crate) timeout_after: Duration,
}

impl<F: Stream<Item = Bytes> + 'static> Push<F> {
    /// Makes the frames the body of `response`, which ends with its connection.
    pub(crate) fn into_body_of(self, mut response: HttpResponse, handover: Handover) -> HttpResponse<Body> {
        response.head_mut().set_connection_type(actix_http::ConnectionType::Close);
        // The body has no known length and no chunks: it ends when the socket is closed.
        response.head_mut().no_chunking(true);
        response.set_body(Body { handover, take: Some(Box::new(|socket| drop(rt::spawn(self.run(socket))))) })
    }

    /// Pushes the frames until there are no more, or the client disconnects.
    async fn run(self, mut socket: TcpStream) {
        // Each frame is sent immediately, without waiting for more data.
        let _ = socket.set_nodelay(true);
        let mut frames = pin!(self.frames);
        let mut received = 0;
        loop {
            let frame = tokio::select! {
                biased;
                frame = frames.next() => frame,
                () = disconnected(&socket, &mut received) => None,
            };
            let Some(frame) = frame else { break };
            if !timeout(self.timeout_after, socket.write_all(&frame)).await.is_ok_and(|written| written.is_ok()) {
                break;
            }
        }
        // Closing a socket with unread data would discard the last frame.
        let _ = socket.shutdown().await;
        let _ = socket.try_read(&mut [0; 256]);
    }
}

/// Waits until the client disconnects or has sent too much.
async fn disconnected(socket: &TcpStream, received: &mut usize) {
    while *received <= MAX_RECEIVED_BYTES && socket.readable().await.is_ok() {
        match socket.try_read(&mut [0; 256]) {
            Ok(length @ 1..) => *received += length,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Ok(0) | Err(_) => return,
        }
    }
}

/// The body of a response whose socket is handed over once its head is written.
pub(crate) struct Body {
    handover: Handover,
    take: Option<Take>,
}

impl MessageBody for Body {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    /// Requests the socket, and stays pending: for actix-http the connection ends when the socket is handed over.
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        if let Some(take) = self.take.take() {
            self.handover.0.set(Some(take));
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use futures_util::stream;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;

    const TIMEOUT: Duration = Duration::from_millis(50);

    /// Waits for a future that must complete on its own.
    async fn ends<T>(future: impl Future<Output = T>) -> T {
        timeout(Duration::from_secs(10), future).await.expect("it ends")
    }

    async fn sockets() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let client = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("a connection");
        (listener.accept().await.expect("a client").0, client)
    }

    fn push<F: Stream<Item = Bytes> + 'static>(frames: F) -> Push<F> {
        Push { frames, timeout_after: TIMEOUT }
    }

    #[tokio::test]
    async fn all_frames_arrive_before_the_end() {
        let (server, mut client) = sockets().await;
        push(stream::iter([Bytes::from_static(b"one "), Bytes::from_static(b"two")])).run(server).await;
        let mut read = String::new();
        client.read_to_string(&mut read).await.expect("text");
        assert_eq!(read, "one two");
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_disconnected() {
        let (server, _client) = sockets().await;
        ends(push(stream::repeat(Bytes::from(vec![0; 65_536]))).run(server)).await;
    }

    #[tokio::test]
    async fn received_data_is_discarded_and_a_disconnect_ends_the_push() {
        let (server, mut client) = sockets().await;
        let send = async {
            client.write_all(&[0; 10_000]).await.expect("sent");
            client.shutdown().await.expect("a connection");
            let mut read = Vec::new();
            client.read_to_end(&mut read).await.expect("the end");
        };
        ends(async { tokio::join!(push(stream::pending()).run(server), send) }).await;
    }

    #[tokio::test]
    async fn a_client_that_sends_without_end_is_disconnected() {
        let (server, mut client) = sockets().await;
        let send = async { while client.write_all(&[0; 10_000]).await.is_ok() {} };
        ends(async { tokio::join!(push(stream::pending()).run(server), send) }).await;
    }

    #[tokio::test]
    async fn a_socket_is_handed_over_once_and_only_on_request() {
        let handover = Handover::default();
        let mut body = Body { handover: handover.clone(), take: Some(Box::new(drop)) };
        let (server, _client) = sockets().await;
        let mut socket = Some(server);
        assert!(!handover.give(&mut socket) && socket.is_some(), "not requested");
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut body).poll_next(&mut context).is_pending());
        assert!(handover.give(&mut socket) && socket.is_none());
        assert!(Pin::new(&mut body).poll_next(&mut context).is_pending());
        assert!(!handover.give(&mut socket), "already handed over");
    }
}
