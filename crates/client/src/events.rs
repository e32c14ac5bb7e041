//! Server-sent events.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use eventsource_stream::{EventStream, EventStreamError, Eventsource as _};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use http_body_util::BodyExt as _;

use crate::transport::TransportError;

/// The maximum size of an event, and of the comments before it.
const MAX_EVENT_BYTES: usize = 4 * 1024 * 1024;

/// A server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerEvent {
    /// The name.
    pub event: String,
    /// The id to continue after, if there is one.
    pub id: String,
    /// The data.
    pub data: String,
    /// The pause before reconnecting, if the event sets it.
    pub retry: Option<Duration>,
}

/// The events in the body of a response.
pub struct Events {
    events: EventStream<BoxStream<'static, Result<Bytes, TransportError>>>,
    /// The number of bytes since the last event.
    pending: Arc<AtomicUsize>,
}

impl Events {
    /// Reads events from a body.
    pub fn of<B>(body: B) -> Self
    where
        B: hyper::body::Body<Data = Bytes, Error: Into<TransportError>> + Send + 'static,
    {
        let pending = Arc::new(AtomicUsize::new(0));
        let counter = pending.clone();
        let parts = body.into_data_stream().map(move |part| {
            let part = part.map_err(Into::into)?;
            if counter.fetch_add(part.len(), Relaxed) + part.len() > MAX_EVENT_BYTES {
                return Err(TransportError::TooLarge(MAX_EVENT_BYTES));
            }
            Ok(part)
        });
        Self { events: parts.boxed().eventsource(), pending }
    }

    /// Returns the next event, or `None` if the stream has ended.
    pub async fn next(&mut self) -> Result<Option<ServerEvent>, TransportError> {
        let next = self.events.next().await.transpose().map_err(|error| match error {
            EventStreamError::Transport(error) => error,
            EventStreamError::Utf8(_) | EventStreamError::Parser(_) => TransportError::Broken(error.to_string().into()),
        })?;
        self.pending.store(0, Relaxed);
        Ok(next.map(|event| ServerEvent { event: event.event, id: event.id, data: event.data, retry: event.retry }))
    }
}

impl From<hyper::Error> for TransportError {
    fn from(error: hyper::Error) -> Self {
        Self::Broken(error.into())
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    fn events(text: impl Into<Bytes>) -> Events {
        Events::of(Full::new(text.into()).map_err(|never| -> TransportError { match never {} }))
    }

    #[tokio::test]
    async fn events_are_read_with_their_ids_and_comments_are_skipped() {
        let mut stream = events(": heartbeat\n\nretry: 2000\nevent: a\nid: 1\ndata: x\ndata: y\n\nevent: b\ndata: \u{2028}z\n\n");
        let first = stream.next().await.unwrap().unwrap();
        assert_eq!(first, ServerEvent { event: "a".into(), id: "1".into(), data: "x\ny".into(), retry: Some(Duration::from_secs(2)) });
        let second = stream.next().await.unwrap().unwrap();
        assert_eq!((&*second.event, &*second.data), ("b", "\u{2028}z"));
        assert_eq!(stream.next().await.unwrap(), None);
    }

    #[tokio::test]
    async fn an_event_that_is_too_large_is_an_error() {
        let mut stream = events(vec![b'x'; MAX_EVENT_BYTES + 1]);
        assert!(matches!(stream.next().await, Err(TransportError::TooLarge(_))));
    }
}
