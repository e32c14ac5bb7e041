//! Server-sent events of queue tokens over a separate connection.

use eventsource_stream::{EventStream, Eventsource as _};
use futures_util::StreamExt as _;
use http_body_util::{BodyDataStream, BodyExt as _};
use hyper::body::Incoming;

use super::{Call, Pool, TransportError, pool::Sender};

/// The type of the events whose data is the state and the message of the queue.
const OF_QUEUE: &str = "queue";

/// An open event stream.
pub(crate) struct Stream {
    pub(crate) status: u16,
    events: EventStream<BodyDataStream<Incoming>>,
    /// Keeps the connection open.
    _sender: Sender,
}

impl Stream {
    /// Opens a stream.
    pub(crate) async fn open(pool: &Pool, call: &Call) -> Result<Self, TransportError> {
        let request = call.request(&pool.server)?;
        let mut sender = pool.connect().await?;
        let response = sender.send_request(request).await?;
        let (status, events) = (response.status().as_u16(), response.into_body().into_data_stream().eventsource());
        Ok(Self { status, events, _sender: sender })
    }

    /// Returns the token in the next event that has it, or `None` if the stream has ended.
    pub(crate) async fn next_token(&mut self) -> Result<Option<String>, TransportError> {
        while let Some(event) = self.events.next().await.transpose()? {
            if event.event != OF_QUEUE {
                return Ok(Some(event.data));
            }
        }
        Ok(None)
    }
}
