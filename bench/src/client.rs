//! A lean HTTP/1.1 client on one kept connection: the driver shares two cores with the server, so it must cost little.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// The headers of a request that are not the same for all.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Credentials<'a> {
    pub(crate) jwt: &'a str,
    pub(crate) token: &'a str,
    pub(crate) key: &'a str,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4_096) })
    }

    /// POSTs `body` and returns the answer's body if its status is 201.
    pub(crate) async fn post(&mut self, path: &str, credentials: Credentials<'_>, body: &str) -> anyhow::Result<Value> {
        let Credentials { jwt, token, key } = credentials;
        let mut request =
            format!("POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in [("authorization: Bearer ", jwt), ("queue-token: ", token), ("idempotency-key: ", key)] {
            if !value.is_empty() {
                request.push_str(name);
                request.push_str(value);
                request.push_str("\r\n");
            }
        }
        request.push_str("\r\n");
        request.push_str(body);
        self.exchange(&request).await.with_context(|| format!("POST {path}"))
    }

    /// GETs `path` and returns the answer's body if its status is 200.
    pub(crate) async fn get(&mut self, path: &str, jwt: &str) -> anyhow::Result<Value> {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {jwt}\r\n\r\n")).await
    }

    async fn exchange(&mut self, request: &str) -> anyhow::Result<Value> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let head = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some(end) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head])?.to_ascii_lowercase();
        let length: usize = match text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()) {
            Some(length) => length.parse()?,
            None => bail!("no content-length in {text}"),
        };
        while self.buffer.len() < head + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
        }
        let body = &self.buffer[head..head + length];
        if !(text.starts_with("http/1.1 201") || text.starts_with("http/1.1 200")) {
            bail!("{text}{}", String::from_utf8_lossy(body));
        }
        Ok(serde_json::from_slice(body)?)
    }
}
