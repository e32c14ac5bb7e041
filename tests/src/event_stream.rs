//! Event streams, as a browser reads them.

use std::time::Duration;

use eventsource_stream::Eventsource as _;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use serde_json::Value;
use tokio::time::timeout;

use crate::Shopper;

/// How long a reader waits for an expected event.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The open stream of a queue token's events.
pub struct EventStream {
    /// The status code: there are events only if it is 200.
    pub status: u16,
    events: BoxStream<'static, Event>,
}

/// A change of a queue token or its queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `position`, `activated`, `extended`, `expired` or `queue`.
    pub name: String,
    /// The value for `Last-Event-ID`.
    pub id: String,
    /// The token, in the same representation as polling returns; of a `queue` event, the state and the message of the queue.
    pub token: Value,
}

impl Shopper {
    /// Opens the event stream of the shopper's token; `last` is the id of the last event received.
    pub async fn follow(&self, last: Option<&str>) -> EventStream {
        let path = format!("/v1/queue-tokens/{}/events", self.token.as_deref().unwrap_or_default());
        let mut request = self.request(reqwest::Method::GET, &path).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let events = response.bytes_stream().eventsource().map(|event| event.unwrap().into()).boxed();
        EventStream { status, events }
    }
}

impl EventStream {
    /// Returns the next event of the token; none once the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            match self.next_of_all().await {
                Some(event) if event.name == "queue" => {}
                event => return event,
            }
        }
    }

    /// Waits for the event that the queue is in `state`.
    pub async fn until_queue_is(&mut self, state: &str) -> Event {
        loop {
            let event = self.next_of_all().await.expect("more to come");
            if event.name == "queue" && event.token["state"] == state {
                return event;
            }
        }
    }

    async fn next_of_all(&mut self) -> Option<Event> {
        timeout(TIMEOUT, self.events.next()).await.expect("an event, or the end, in time")
    }

    /// Returns the next event, which must be called `name`.
    #[track_caller]
    pub fn expect(&mut self, name: &str) -> impl Future<Output = Event> {
        let caller = std::panic::Location::caller();
        async move {
            let event = self.next().await;
            assert_eq!(event.as_ref().map(|event| event.name.as_str()), Some(name), "at {caller}: {event:?}");
            event.expect("just compared")
        }
    }
}

impl From<eventsource_stream::Event> for Event {
    fn from(event: eventsource_stream::Event) -> Self {
        Self { name: event.event, id: event.id, token: event.data.parse().unwrap() }
    }
}
