//! Server-sent events of queue tokens over a separate connection.

use frontrow_client::Call;
use frontrow_client::events::Events;
use frontrow_client::queue::QueueTokenEventName;
use frontrow_client::transport::TransportError;

use super::{Pool, pool::Sender};

/// An open event stream.
pub(crate) struct Stream {
    pub(crate) status: u16,
    events: Events,
    /// Keeps the connection open.
    _sender: Sender,
}

impl Stream {
    /// Opens a stream.
    pub(crate) async fn open<T>(pool: &Pool, call: &Call<T>, jwt: &str) -> Result<Self, TransportError> {
        let request = pool.server.request(call, jwt)?;
        let mut sender = pool.connect().await?;
        let response = sender.send_request(request).await?;
        Ok(Self { status: response.status().as_u16(), events: Events::of(response.into_body()), _sender: sender })
    }

    /// Returns the token in the next event that has it, as JSON, or `None` if the stream has ended.
    pub(crate) async fn next_token(&mut self) -> Result<Option<String>, TransportError> {
        while let Some(event) = self.events.next().await? {
            if !matches!(event.event.into(), QueueTokenEventName::Queue | QueueTokenEventName::Unknown(_)) {
                return Ok(Some(event.data));
            }
        }
        Ok(None)
    }
}
