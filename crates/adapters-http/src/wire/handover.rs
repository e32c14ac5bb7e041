//! Handing a connection over: an answer that goes on for hours keeps what it needs, a socket, and not what a request needs: actix-http's
//! two buffers of 8 KiB, and its state.
//!
//! ```text
//!   actix-http writes the head ──► asks the body for more ──► the body asks for the socket
//!                                                                   │ all that was written is flushed
//!   a task of its own pushes the frames ◄── the socket ◄────────────┘
//!   actix-http finds the connection broken, and lets go of it and of all that was asked behind
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

/// How much a client may say while frames are pushed to it; nobody listens.
const HEARD_BYTES: usize = 16 * 1024;

/// What takes a socket over.
type Take = Box<dyn FnOnce(TcpStream)>;

/// Where the body of an answer asks for the socket of its connection.
#[derive(Clone, Default)]
pub(crate) struct Handover(Rc<Cell<Option<Take>>>);

impl Handover {
    /// Gives `socket` to whoever has asked for it; whether somebody had.
    pub(super) fn give(&self, socket: &mut Option<TcpStream>) -> bool {
        let Some(take) = self.0.take() else { return false };
        socket.take().map(take).is_some()
    }
}

/// Frames, one after the other, for as long as they come.
pub(crate) struct Push<F> {
    /// What is pushed.
    pub(crate) frames: F,
    /// A client that hasn't taken a frame after so long is given up.
    pub(crate) timeout_after: Duration,
}

impl<F: Stream<Item = Bytes> + 'static> Push<F> {
    /// `answer` with the frames as its body. It ends with its connection.
    pub(crate) fn into_body_of(self, mut answer: HttpResponse, handover: Handover) -> HttpResponse<Body> {
        answer.head_mut().set_connection_type(actix_http::ConnectionType::Close);
        // Neither of a known length nor in chunks: the socket's end is its end.
        answer.head_mut().no_chunking(true);
        answer.set_body(Body { handover, take: Some(Box::new(|socket| drop(rt::spawn(self.run(socket))))) })
    }

    /// Until there are no more, or the client hangs up.
    async fn run(self, mut socket: TcpStream) {
        // A frame is worth a packet: nobody waits for more to come.
        let _ = socket.set_nodelay(true);
        let mut frames = pin!(self.frames);
        let mut heard = 0;
        loop {
            let frame = tokio::select! {
                biased;
                frame = frames.next() => frame,
                () = hung_up(&socket, &mut heard) => None,
            };
            let Some(frame) = frame else { break };
            if !timeout(self.timeout_after, socket.write_all(&frame)).await.is_ok_and(|written| written.is_ok()) {
                break;
            }
        }
        // What was said and not heard would have the last frame thrown away.
        let _ = socket.shutdown().await;
        let _ = socket.try_read(&mut [0; 256]);
    }
}

/// Returns when the client says no more, or too much.
async fn hung_up(socket: &TcpStream, heard: &mut usize) {
    while *heard <= HEARD_BYTES && socket.readable().await.is_ok() {
        match socket.try_read(&mut [0; 256]) {
            Ok(body @ 1..) => *heard += body,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Ok(0) | Err(_) => return,
        }
    }
}

/// The body of an answer whose socket is handed over once its head is written.
pub(crate) struct Body {
    handover: Handover,
    take: Option<Take>,
}

impl MessageBody for Body {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    /// Nothing comes this way: the connection ends for actix-http when it gives the socket away.
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

    /// Waits for what must end by itself.
    async fn ends<T>(what: impl Future<Output = T>) -> T {
        timeout(Duration::from_secs(10), what).await.expect("it ends")
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
    async fn all_frames_arrive_and_then_the_end() {
        let (server, mut client) = sockets().await;
        push(stream::iter([Bytes::from_static(b"one "), Bytes::from_static(b"two")])).run(server).await;
        let mut read = String::new();
        client.read_to_string(&mut read).await.expect("text");
        assert_eq!(read, "one two");
    }

    #[tokio::test]
    async fn who_does_not_read_is_given_up() {
        let (server, _client) = sockets().await;
        ends(push(stream::repeat(Bytes::from(vec![0; 65_536]))).run(server)).await;
    }

    #[tokio::test]
    async fn who_talks_is_not_heard_and_who_hangs_up_is_gone() {
        let (server, mut client) = sockets().await;
        let talk = async {
            client.write_all(&[0; 10_000]).await.expect("sent");
            client.shutdown().await.expect("a connection");
            let mut read = Vec::new();
            client.read_to_end(&mut read).await.expect("the end");
        };
        ends(async { tokio::join!(push(stream::pending()).run(server), talk) }).await;
    }

    #[tokio::test]
    async fn who_talks_without_end_is_gone() {
        let (server, mut client) = sockets().await;
        let talk = async { while client.write_all(&[0; 10_000]).await.is_ok() {} };
        ends(async { tokio::join!(push(stream::pending()).run(server), talk) }).await;
    }

    #[tokio::test]
    async fn a_socket_is_given_to_whoever_asked_once_and_to_nobody_else() {
        let handover = Handover::default();
        let mut body = Body { handover: handover.clone(), take: Some(Box::new(drop)) };
        let (server, _client) = sockets().await;
        let mut socket = Some(server);
        assert!(!handover.give(&mut socket) && socket.is_some(), "nobody has asked");
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut body).poll_next(&mut context).is_pending());
        assert!(handover.give(&mut socket) && socket.is_none());
        assert!(Pin::new(&mut body).poll_next(&mut context).is_pending());
        assert!(!handover.give(&mut socket), "it is gone");
    }
}
