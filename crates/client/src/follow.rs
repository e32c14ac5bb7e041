//! Event streams that continue after interruptions.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::try_unfold;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::StatusCode;
use tokio::time::{sleep, timeout};

use crate::call::Call;
use crate::error::Error;
use crate::events::{Events, ServerEvent};
use crate::queue::{QueueNotice, QueueToken, QueueTokenChange, QueueTokenEventName};
use crate::retry::{NO_RESPONSE_PAUSE, pause_after};
use crate::sender::Sender;
use crate::transport::TransportError;

/// The time after which a silent stream is opened again: a server sends a comment every 15 s, unless it is configured otherwise.
const MAX_SILENCE: Duration = Duration::from_mins(1);

/// An event of a queue token, and what is known after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenEvent {
    /// What has changed.
    pub event: QueueTokenEventName,
    /// The token.
    pub token: Box<QueueToken>,
    /// The queue.
    pub queue: Option<QueueNotice>,
}

/// A stream of events, opened again after interruptions.
pub(crate) struct EventSource {
    sender: Sender,
    call: Call<Bytes>,
    open: Option<Events>,
    last: String,
    reconnect: Duration,
    failures: u32,
}

impl EventSource {
    /// Follows the events at the path of `call`.
    pub(crate) const fn new(sender: Sender, call: Call<Bytes>) -> Self {
        Self { sender, call, open: None, last: String::new(), reconnect: NO_RESPONSE_PAUSE, failures: 0 }
    }

    /// Returns the next event, or `None` if the server reports the end (204).
    pub(crate) async fn next(&mut self) -> Result<Option<ServerEvent>, Error> {
        loop {
            let pause = match self.read().await {
                Ok(Progress::Event(event)) => return Ok(Some(event)),
                Ok(Progress::End) => return Ok(None),
                Ok(Progress::Interrupted) => self.reconnect,
                Err(failure) => {
                    self.failures += 1;
                    match pause_after(&failure, self.call.is_repeatable()) {
                        Some(pause) if self.failures <= self.sender.retries() => pause.max(self.reconnect),
                        Some(_) | None => return Err(failure),
                    }
                }
            };
            self.open = None;
            sleep(pause).await;
        }
    }

    async fn read(&mut self) -> Result<Progress, Error> {
        let events = match &mut self.open {
            Some(events) => events,
            None => match self.connect().await? {
                Some(events) => {
                    // A stream without news is no failure.
                    self.failures = 0;
                    self.open.insert(events)
                }
                None => return Ok(Progress::End),
            },
        };
        let Some(event) = events.next().await.map_err(|error| self.sender.unreachable(error))? else { return Ok(Progress::Interrupted) };
        self.reconnect = event.retry.unwrap_or(self.reconnect);
        if !event.id.is_empty() {
            self.last.clone_from(&event.id);
        }
        Ok(Progress::Event(event))
    }

    /// Opens the stream after the last event; `None` if there are no more.
    async fn connect(&mut self) -> Result<Option<Events>, Error> {
        let call = if self.last.is_empty() { self.call.clone() } else { self.call.clone().header("last-event-id", &*self.last) };
        let response = self.sender.open(&call).await?;
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        let parts = try_unfold(response.into_body(), |mut body| async move {
            let part = timeout(MAX_SILENCE, body.frame()).await.map_err(|_| TransportError::Timeout(MAX_SILENCE))?;
            part.transpose().map(|part| part.map(|part| (part, body)))
        });
        Ok(Some(Events::of(StreamBody::new(parts))))
    }

    /// Returns the error of an event whose data isn't as expected.
    pub(crate) fn invalid(&self, source: serde_json::Error) -> Error {
        let status = StatusCode::OK.as_u16();
        Error::Foreign { server: self.sender.server().to_owned(), status, retry_after: None, source: Some(source) }
    }
}

/// The outcome of reading a stream.
enum Progress {
    Event(ServerEvent),
    Interrupted,
    End,
}

/// The events of a queue token.
pub(crate) struct Follow {
    source: EventSource,
    token: Option<Box<QueueToken>>,
    queue: Option<QueueNotice>,
    is_ended: bool,
}

impl Follow {
    /// Follows the queue token whose events `source` yields.
    pub(crate) const fn new(source: EventSource) -> Self {
        Self { source, token: None, queue: None, is_ended: false }
    }

    /// Returns the next event, or `None` after the end of the token.
    pub(crate) async fn next(&mut self) -> Result<Option<TokenEvent>, Error> {
        while !self.is_ended {
            let Some(event) = self.source.next().await? else { return Ok(None) };
            let Some((event, change)) = QueueTokenChange::of(&event).map_err(|error| self.source.invalid(error))? else { continue };
            match change {
                QueueTokenChange::Token(token) => self.token = Some(token),
                QueueTokenChange::Queue(queue) => self.queue = Some(queue),
            }
            self.is_ended = event == QueueTokenEventName::Expired;
            if let Some(token) = self.token.clone() {
                return Ok(Some(TokenEvent { event, token, queue: self.queue.clone() }));
            }
        }
        Ok(None)
    }
}
