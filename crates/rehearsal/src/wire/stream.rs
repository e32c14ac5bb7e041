//! Server-sent events, over a connection of their own.

use bytes::{Buf as _, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::{Call, Lost, Pool, pool::Sender};

/// An open stream.
pub(crate) struct Stream {
    pub(crate) status: u16,
    body: Incoming,
    read: BytesMut,
    /// The connection lives as long as this.
    _sender: Sender,
}

impl Stream {
    /// Asks for one.
    pub(crate) async fn open(pool: &Pool, call: &Call) -> Result<Self, Lost> {
        let request = call.request(&pool.server)?;
        let mut sender = pool.connect().await?;
        let answer = sender.send_request(request).await?;
        Ok(Self { status: answer.status().as_u16(), body: answer.into_body(), read: BytesMut::new(), _sender: sender })
    }

    /// The data of the next event; none when the stream has ended.
    pub(crate) async fn next(&mut self) -> Result<Option<String>, Lost> {
        loop {
            if let Some(data) = take_event(&mut self.read) {
                return Ok(Some(data));
            }
            match self.body.frame().await {
                None => return Ok(None),
                Some(frame) => self.read.extend_from_slice(frame?.data_ref().map_or(&[][..], |data| data)),
            }
        }
    }
}

/// The data of the first whole event that has some.
fn take_event(read: &mut BytesMut) -> Option<String> {
    loop {
        let end = read.windows(2).position(|bytes| bytes == b"\n\n")?;
        let event = read.split_to(end);
        read.advance(2);
        let text = String::from_utf8_lossy(&event);
        let data: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim_start).collect();
        if !data.is_empty() {
            return Some(data.join("\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_they_come() {
        let mut read = BytesMut::from("retry: 1000\n\n:\n\nevent: position\nid: 1\ndata: {\"a\":1}\n\ndata: {\"b\"");
        assert_eq!(take_event(&mut read).as_deref(), Some("{\"a\":1}"));
        assert_eq!(take_event(&mut read), None);
        read.extend_from_slice(b":2}\n\n");
        assert_eq!(take_event(&mut read).as_deref(), Some("{\"b\":2}"));
        assert!(read.is_empty());
    }
}
