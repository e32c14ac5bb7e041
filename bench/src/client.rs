//! A lean HTTP/1.1 client on one kept connection: the driver shares its cores with server and database, so it must cost little.

use std::net::SocketAddr;
use std::str::from_utf8;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a str,
}

/// The headers of a request that are not the same for all; empty ones are left out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Credentials<'a> {
    pub(crate) jwt: &'a str,
    pub(crate) token: &'a str,
    pub(crate) key: &'a str,
}

/// A request as it goes over the wire.
pub(crate) fn request(line: &str, credentials: Credentials<'_>, body: &str) -> String {
    let Credentials { jwt, token, key } = credentials;
    let mut request = format!("{line} HTTP/1.1\r\nhost: bench\r\n");
    let length = if body.is_empty() { String::new() } else { body.len().to_string() };
    for (name, value) in
        [("authorization: Bearer ", jwt), ("queue-token: ", token), ("idempotency-key: ", key), ("content-length: ", &length)]
    {
        if !value.is_empty() {
            request.extend([name, value, "\r\n"]);
        }
    }
    if !body.is_empty() {
        request.push_str("content-type: application/json\r\n");
    }
    request.extend(["\r\n", body]);
    request
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("no connection: are enough open files allowed (ulimit -n)?")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4_096) })
    }

    /// Sends `request` and waits for the answer.
    pub(crate) async fn exchange(&mut self, request: &str) -> anyhow::Result<Answer<'_>> {
        self.send(request).await?;
        self.receive().await
    }

    pub(crate) async fn send(&mut self, request: &str) -> anyhow::Result<()> {
        Ok(self.stream.write_all(request.as_bytes()).await?)
    }

    pub(crate) async fn receive(&mut self) -> anyhow::Result<Answer<'_>> {
        self.buffer.clear();
        let (status, head, length) = loop {
            self.read().await?;
            if let Some(end) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head = from_utf8(&self.buffer[..end + 2])?;
                break (status(head)?, end + 4, length(head)?);
            }
        };
        while self.buffer.len() < head + length {
            self.read().await?;
        }
        Ok(Answer { status, body: from_utf8(&self.buffer[head..head + length])? })
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

fn status(head: &str) -> anyhow::Result<u16> {
    head.get(9..12).and_then(|digits| digits.parse().ok()).with_context(|| format!("no status in {head}"))
}

/// None is said of an answer without body.
fn length(head: &str) -> anyhow::Result<usize> {
    let digits = head.split_once("\r\ncontent-length: ").and_then(|(_, rest)| rest.split_once("\r\n"));
    digits.map_or(Ok(0), |(digits, _)| Ok(digits.parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_the_status_and_how_long_the_body_is() {
        let head = "HTTP/1.1 201 Created\r\ncontent-length: 17\r\ncontent-type: application/json\r\n";
        assert_eq!((status(head).unwrap(), length(head).unwrap()), (201, 17));
        let head = "HTTP/1.1 204 No Content\r\ndate: now\r\n";
        assert_eq!((status(head).unwrap(), length(head).unwrap()), (204, 0));
    }

    #[test]
    fn a_request_carries_what_it_has() {
        let credentials = Credentials { jwt: "j", ..Credentials::default() };
        assert_eq!(request("DELETE /x", credentials, ""), "DELETE /x HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer j\r\n\r\n");
    }
}
