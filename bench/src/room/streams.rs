//! Event streams: thousands that stay open, each for a waiting user.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::queue::Waiter;
use crate::client::{Client, Headers, request};
use crate::server::MAX_CONNECTIONS;

/// The desired number of streams.
const WANTED: u32 = 20_000;
/// Open files that either side needs for other purposes.
const SPARE: u64 = 1_000;
/// The number of streams that are opened concurrently.
const CONCURRENCY: usize = 256;
/// The number of the driver's addresses, from 127.0.0.2 on.
const SOURCES: u8 = 8;
/// How long the first event may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Open streams, which are not read after their first event.
pub(crate) struct Streams(Vec<TcpStream>);

/// Returns how many streams can be open: each needs an open file of the driver and one of the server, which has the same limit, and shares
/// it between event streams and other connections. Raises the driver's soft limit to its hard limit.
pub(crate) fn max_streams() -> anyhow::Result<u32> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    let all = u64::from(WANTED) + u64::from(MAX_CONNECTIONS);
    let fit = maximum.map_or(u64::MAX, |maximum| maximum.saturating_sub(SPARE) * u64::from(WANTED) / all);
    Ok(WANTED.min(u32::try_from(fit).unwrap_or(u32::MAX)))
}

impl Streams {
    /// Opens a stream for each of `waiters` and waits for its first event.
    pub(crate) async fn open(address: SocketAddr, waiters: &[Waiter]) -> anyhow::Result<Self> {
        let (mut opening, mut open) = (JoinSet::new(), Vec::with_capacity(waiters.len()));
        for (waiter, source) in waiters.iter().zip((2..2 + SOURCES).cycle()) {
            if opening.len() == CONCURRENCY {
                open.extend(opening.join_next().await.transpose()?.transpose()?);
            }
            let headers = Headers { jwt: &waiter.jwt, accept: "text/event-stream", ..Headers::default() };
            let request = request(&format!("GET /v1/queue-tokens/{}/events", waiter.token), headers, "");
            let begun = async move { timeout(TIMEOUT, begin(Ipv4Addr::new(127, 0, 0, source), address, &request)).await };
            opening.spawn(async move { begun.await.context("no event was received")? });
        }
        while let Some(stream) = opening.join_next().await {
            open.push(stream??);
        }
        Ok(Self(open))
    }

    /// Checks that the server has closed none.
    pub(crate) fn ensure_open(&self) -> anyhow::Result<()> {
        for stream in &self.0 {
            match stream.peek(&mut [0]) {
                Ok(1..) => {}
                Ok(0) => bail!("the server has closed an event stream"),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error).context("an event stream has broken"),
            }
        }
        Ok(())
    }
}

async fn begin(source: Ipv4Addr, address: SocketAddr, request: &str) -> anyhow::Result<TcpStream> {
    let mut client = Client::connect_from(source, address).await?;
    client.send(request).await?;
    let first = client.receive_until(has_event_or_failed).await?;
    ensure!(is_ok(first), "an event stream got the response {first}");
    client.into_connection()
}

/// An event ends with an empty line, and so does the head before it.
fn has_event_or_failed(text: &str) -> bool {
    let (head, rest) = text.split_once("\r\n\r\n").unwrap_or_default();
    !head.is_empty() && (!is_ok(head) || rest.split_once("data:").is_some_and(|(_, data)| data.contains("\n\n")))
}

fn is_ok(text: &str) -> bool {
    text.starts_with("HTTP/1.1 200 ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_complete_once_its_empty_line_is_received() {
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        assert!(!has_event_or_failed(""));
        assert!(!has_event_or_failed(head));
        assert!(!has_event_or_failed(&format!("{head}event: position\nid: 1\ndata: {{\"position\":1}}\n")));
        assert!(has_event_or_failed(&format!("{head}event: position\nid: 1\ndata: {{\"position\":1}}\n\n")));
        assert!(has_event_or_failed("HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\n"));
    }
}
