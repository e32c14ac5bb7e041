//! The connection that actix-http reads and writes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::rt::net::TcpStream;
use actix_web::rt::task::JoinHandle;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::handover::Handover;
use super::refusal;
use crate::api::Api;

/// A client's connection. Without its socket, it reads the end of the stream.
pub(super) struct Connection {
    socket: Option<TcpStream>,
    handover: Handover,
    /// The task that sends a problem instead of the parser's response, and closes the socket.
    refusing: Option<JoinHandle<()>>,
    api: Api,
}

impl Connection {
    pub(super) fn new(socket: TcpStream, api: Api) -> Self {
        Self { socket: Some(socket), handover: Handover::default(), refusing: None, api }
    }

    /// Returns the handover by which a handler requests the socket.
    pub(super) fn handover(&self) -> Handover {
        self.handover.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.socket.as_mut().map_or(Poll::Ready(Ok(())), |socket| Pin::new(socket).poll_read(context, buffer))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        let Self { socket, refusing, api, .. } = &mut *self;
        let refusal = refusal::find(buffer);
        if let Some((0, status)) = refusal
            && let Some(socket) = socket.take()
        {
            *refusing = Some(refusal::send(status, socket, api));
        }
        if let Some(socket) = socket {
            // Earlier responses are written first.
            let write = refusal.map_or(buffer, |(start, _)| &buffer[..start]);
            return Pin::new(socket).poll_write(context, write);
        }
        if let Some(task) = refusing {
            // The result doesn't matter: it was the last response.
            let _ = ready!(Pin::new(task).poll(context));
            *refusing = None;
        }
        Poll::Ready(Ok(buffer.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { socket, handover, .. } = &mut *self;
        if let Some(socket) = socket {
            ready!(Pin::new(socket).poll_flush(context))?;
        }
        // Everything that was written has been sent: the socket can be handed over.
        if handover.give(socket) { Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())) } else { Poll::Ready(Ok(())) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.as_mut().map_or(Poll::Ready(Ok(())), |socket| Pin::new(socket).poll_shutdown(context))
    }
}
