//! A collector of spans that stores what it receives.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A collector of spans, by OTLP over HTTP.
pub struct Collector {
    /// Its base URL, like `http://127.0.0.1:41234`.
    pub base: String,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Collector {
    /// Starts a collector.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::<Mutex<Vec<_>>>::default();
        let store = received.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, store.clone()));
            }
        });
        Self { base, received }
    }

    /// Returns each received request, head and body.
    #[must_use]
    pub fn received(&self) -> Vec<Vec<u8>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Stores each request of a connection and responds with 200.
async fn serve(mut connection: TcpStream, received: Arc<Mutex<Vec<Vec<u8>>>>) {
    let mut bytes = Vec::new();
    while connection.read_buf(&mut bytes).await.is_ok_and(|count| count > 0) {
        while let Some(end) = end_of_request(&bytes) {
            let request = bytes.drain(..end).collect();
            received.lock().unwrap_or_else(PoisonError::into_inner).push(request);
            if connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.is_err() {
                return;
            }
        }
    }
}

/// Returns the end of the first request, if it is complete.
fn end_of_request(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length: usize = text.lines().find_map(|line| line.strip_prefix("content-length:"))?.trim().parse().ok()?;
    (bytes.len() >= head + length).then_some(head + length)
}
