//! Event streams, as a browser reads them.

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout;

use crate::Shopper;

/// How long a reader waits for what must come.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The open stream of a queue token's events.
#[derive(Debug)]
pub struct EventStream {
    /// The status code: there are events only if it is 200.
    pub status: u16,
    response: Response,
    /// What has come of the next frames.
    unread: Vec<u8>,
}

/// What became of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `position`, `activated` or `expired`.
    pub name: String,
    /// What to send as `Last-Event-ID`.
    pub id: String,
    /// The token, as polling tells it.
    pub token: Value,
}

impl Shopper {
    /// Opens the event stream of the shopper's token; `last` is the id of the event that they were told last.
    pub async fn follow(&self, last: Option<&str>) -> EventStream {
        let path = format!("/v1/queue-tokens/{}/events", self.token.as_deref().unwrap_or_default());
        let mut request = self.request(reqwest::Method::GET, &path).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        EventStream { status: response.status().as_u16(), response, unread: Vec::new() }
    }
}

impl EventStream {
    /// The next event; none once the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        timeout(TIMEOUT, self.read()).await.expect("an event, or the end, in time")
    }

    /// The next event, which must be called `name`.
    #[track_caller]
    pub fn expect(&mut self, name: &str) -> impl Future<Output = Event> {
        let caller = std::panic::Location::caller();
        async move {
            let event = self.next().await;
            assert_eq!(event.as_ref().map(|event| event.name.as_str()), Some(name), "at {caller}: {event:?}");
            event.expect("just compared")
        }
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.unread.drain(..end + 2).collect();
                if let Some(event) = Event::of(&String::from_utf8(frame).unwrap()) {
                    return Some(event);
                }
                continue;
            }
            self.unread.extend(self.response.chunk().await.unwrap()?);
        }
    }
}

impl Event {
    /// The event of a frame; none if that only shows that the stream lives.
    fn of(frame: &str) -> Option<Self> {
        let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
        let name = field("event: ")?.to_owned();
        let (id, token) = (field("id: ").unwrap().to_owned(), field("data: ").unwrap().parse().unwrap());
        Some(Self { name, id, token })
    }
}
