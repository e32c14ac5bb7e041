//! A lean HTTP/1.1 client on one persistent connection: the driver shares its cores with server and database, so it must use little CPU
//! time.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::from_utf8;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    head: &'a str,
    pub(crate) body: &'a str,
}

/// The request headers that vary; empty ones are omitted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Headers<'a> {
    pub(crate) jwt: &'a str,
    pub(crate) token: &'a str,
    pub(crate) key: &'a str,
    /// The entity tag that the client has.
    pub(crate) tag: &'a str,
    /// The entity tag that the resource must have.
    pub(crate) if_match: &'a str,
    pub(crate) accept: &'a str,
}

/// Returns a request in its wire format.
pub(crate) fn request(line: &str, headers: Headers<'_>, body: &str) -> String {
    let Headers { jwt, token, key, tag, if_match, accept } = headers;
    let mut request = format!("{line} HTTP/1.1\r\nhost: bench\r\n");
    let length = if body.is_empty() { String::new() } else { body.len().to_string() };
    for (name, value) in [
        ("authorization: Bearer ", jwt),
        ("queue-token: ", token),
        ("idempotency-key: ", key),
        ("if-none-match: ", tag),
        ("if-match: ", if_match),
        ("accept: ", accept),
        ("content-length: ", &length),
    ] {
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

impl<'a> Answer<'a> {
    /// A response without headers.
    #[cfg(test)]
    pub(crate) const fn bare(status: u16, body: &'a str) -> Self {
        Self { status, head: "", body }
    }

    /// Returns the response's entity tag; empty if there is none.
    pub(crate) fn tag(self) -> &'a str {
        header(self.head, "\r\netag: ").unwrap_or_default()
    }
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        Self::over(TcpStream::connect(address).await)
    }

    /// Connects from `source`, an address of this machine: each address has a limited number of ports.
    pub(crate) async fn connect_from(source: Ipv4Addr, address: SocketAddr) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((source, 0).into())?;
        Self::over(socket.connect(address).await)
    }

    fn over(stream: io::Result<TcpStream>) -> anyhow::Result<Self> {
        let stream = stream.context("no connection: are enough open files allowed (ulimit -n)?")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4_096) })
    }

    /// Sends `request` and waits for the response.
    pub(crate) async fn exchange(&mut self, request: &str) -> anyhow::Result<Answer<'_>> {
        self.send(request).await?;
        self.receive().await
    }

    pub(crate) async fn send(&mut self, request: &str) -> anyhow::Result<()> {
        Ok(self.stream.write_all(request.as_bytes()).await?)
    }

    pub(crate) async fn receive(&mut self) -> anyhow::Result<Answer<'_>> {
        self.buffer.clear();
        let (status, end, length) = loop {
            self.read().await?;
            if let Some(end) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head = from_utf8(&self.buffer[..end + 2])?;
                break (status(head)?, end + 2, length(head)?);
            }
        };
        let body = end + 2;
        while self.buffer.len() < body + length {
            self.read().await?;
        }
        Ok(Answer { status, head: from_utf8(&self.buffer[..end])?, body: from_utf8(&self.buffer[body..body + length])? })
    }

    /// Reads until `is_enough` accepts the received text, and returns that.
    pub(crate) async fn receive_until(&mut self, is_enough: fn(&str) -> bool) -> anyhow::Result<&str> {
        self.buffer.clear();
        while !is_enough(from_utf8(&self.buffer)?) {
            self.read().await?;
        }
        Ok(from_utf8(&self.buffer)?)
    }

    /// Returns the bare connection: data that arrives from now on stays in the kernel.
    pub(crate) fn into_connection(self) -> anyhow::Result<std::net::TcpStream> {
        Ok(self.stream.into_std()?)
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

/// Returns the length of the body; 0 if the header is missing, as in a response without a body.
fn length(head: &str) -> anyhow::Result<usize> {
    header(head, "\r\ncontent-length: ").map_or(Ok(0), |digits| Ok(digits.parse()?))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    Some(head.split_once(name)?.1.split_once("\r\n")?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_contains_the_status_and_the_length_of_the_body() {
        let head = "HTTP/1.1 201 Created\r\ncontent-length: 17\r\ncontent-type: application/json\r\n";
        assert_eq!((status(head).unwrap(), length(head).unwrap()), (201, 17));
        let head = "HTTP/1.1 204 No Content\r\ndate: now\r\n";
        assert_eq!((status(head).unwrap(), length(head).unwrap()), (204, 0));
    }

    #[test]
    fn a_request_omits_empty_headers() {
        let headers = Headers { jwt: "j", ..Headers::default() };
        assert_eq!(request("DELETE /x", headers, ""), "DELETE /x HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer j\r\n\r\n");
    }
}
