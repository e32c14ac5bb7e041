//! Sources of keys.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::time::Duration;

use adapters_http::{Keys, KeysError, SigningAlgorithm};
use anyhow::ensure;
use bytes::Bytes;
use frontrow_client::transport::{HttpTransport, Request};
use thiserror::Error;
use tokio::task::spawn_blocking;

use crate::config::KeySource;
use crate::text;

/// The maximum size of a document.
const MAX_BYTES: usize = 256 * 1024;
/// The time limit of a request for an issuer's keys.
const TIMEOUT: Duration = Duration::from_secs(5);

/// An error of a source without usable keys.
#[derive(Debug, Error)]
pub(super) enum SourceError {
    /// The file can't be read.
    #[error("{path} can't be read: {error}")]
    File {
        /// The file.
        path: String,
        /// The cause.
        error: io::Error,
    },
    /// The issuer's address can't be reached or returned an error.
    #[error("the keys at {url} can't be fetched: {error:#}")]
    Address {
        /// The address.
        url: String,
        /// The cause.
        error: anyhow::Error,
    },
    /// The document contains no usable keys.
    #[error("{place} {error}")]
    Document {
        /// The file or address.
        place: String,
        /// The cause.
        error: KeysError,
    },
}

impl KeySource {
    /// Reads the current keys.
    pub(super) async fn read(&self, algorithm: SigningAlgorithm) -> Result<Keys, SourceError> {
        let (place, keys) = match self {
            Self::Pem(path) => (path.display().to_string(), Keys::from_pem(&read_file(path.clone()).await?, algorithm)),
            Self::Jwks(path) => (path.display().to_string(), Keys::from_jwks(&read_file(path.clone()).await?, algorithm)),
            Self::Url(url) => {
                let text = fetch(url).await.map_err(|error| SourceError::Address { url: url.clone(), error })?;
                (url.clone(), Keys::from_jwks(&text, algorithm))
            }
        };
        keys.map_err(|error| SourceError::Document { place, error })
    }
}

async fn read_file(path: PathBuf) -> Result<String, SourceError> {
    let place = path.display().to_string();
    let read = spawn_blocking(move || File::open(path).and_then(|file| text::read(file.take(MAX_BYTES as u64)))).await;
    // A task is cancelled before it starts only when the process exits.
    read.unwrap_or_else(|cancelled| Err(io::Error::other(cancelled))).map_err(|error| SourceError::File { path: place, error })
}

/// Fetches the document at `url`. Redirects are not followed: an attacker who could redirect requests could supply keys.
async fn fetch(url: &str) -> anyhow::Result<String> {
    let request = Request::get(url).header("accept", "application/json").header("user-agent", "frontrow").body(Bytes::new())?;
    let reply = HttpTransport::exchange(request, TIMEOUT, MAX_BYTES).await?;
    ensure!(reply.status == 200, "the response has the status {}", reply.status);
    Ok(String::from_utf8(reply.body.into())?)
}
