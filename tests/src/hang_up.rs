//! Clients that close their connection during a request: at a random moment, in a random way.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::Shopper;
use crate::log::secret_key;

/// The maximum time for which a client keeps its connection, in microseconds.
const MAX_STAY_MICROSECONDS: u64 = 12_000;
/// How long a client that closed only its sending half waits for the response.
const TIMEOUT: Duration = Duration::from_secs(20);

impl Shopper {
    /// Sends a request, possibly incomplete, and closes the connection a moment later.
    pub async fn hang_up(&self, method: Method, path: &str, key: &str, body: &Value) {
        let key = secret_key(key);
        let body = body.to_string();
        let bearer = self.jwt.as_deref().unwrap_or_default();
        let token = self.token.as_deref().unwrap_or_default();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: frontrow\r\nauthorization: Bearer {bearer}\r\nqueue-token: {token}\r\nidempotency-key: {key}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        // One request in four is incomplete.
        let length = if fastrand::u32(..4) == 0 { fastrand::usize(..request.len()) } else { request.len() };
        let mut connection = TcpStream::connect(self.base.trim_start_matches("http://")).await.unwrap();
        // Errors are ignored: this client closes the connection itself.
        let _ = connection.write_all(&request.as_bytes()[..length]).await;
        sleep(Duration::from_micros(fastrand::u64(..MAX_STAY_MICROSECONDS))).await;
        match fastrand::u32(..3) {
            0 => connection.set_zero_linger().unwrap(),
            1 => {
                let _ = connection.shutdown().await;
                let _ = timeout(TIMEOUT, connection.read_to_end(&mut Vec::new()))
                    .await
                    .expect("a half-closed connection is answered or closed");
            }
            _ => {}
        }
    }
}
