//! Clients who hang up in the middle: at a random moment, in a random manner.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::Shopper;
use crate::log::secret_key;

/// A client stays this long at most.
const LONGEST_STAY: u64 = 12_000;
/// How long one who only closed their half waits for the answer.
const TIMEOUT: Duration = Duration::from_secs(20);

impl Shopper {
    /// Sends a request, perhaps not all of it, and hangs up a moment later.
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
        // One in four doesn't even say what they want.
        let said = if fastrand::u32(..4) == 0 { fastrand::usize(..request.len()) } else { request.len() };
        let mut connection = TcpStream::connect(self.base.trim_start_matches("http://")).await.unwrap();
        // Whatever breaks here, it is this side that wanted it.
        let _ = connection.write_all(&request.as_bytes()[..said]).await;
        sleep(Duration::from_micros(fastrand::u64(..LONGEST_STAY))).await;
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
