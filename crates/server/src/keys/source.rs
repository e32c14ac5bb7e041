//! Sources of keys.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use adapters_http::{Keys, KeysError, SigningAlgorithm};
use thiserror::Error;

use crate::config::KeySource;
use crate::text;

/// The maximum size of a document.
const MAX_BYTES: u64 = 256 * 1024;
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
    #[error("the keys at {url} can't be fetched: {error}")]
    Address {
        /// The address.
        url: String,
        /// The cause.
        error: Box<ureq::Error>,
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
    /// Reads the current keys; blocks on files or the network.
    pub(super) fn read(&self, algorithm: SigningAlgorithm) -> Result<Keys, SourceError> {
        let (place, keys) = match self {
            Self::Pem(path) => (path.display().to_string(), Keys::from_pem(&read_file(path)?, algorithm)),
            Self::Jwks(path) => (path.display().to_string(), Keys::from_jwks(&read_file(path)?, algorithm)),
            Self::Url(url) => (url.clone(), Keys::from_jwks(&fetch(url)?, algorithm)),
        };
        keys.map_err(|error| SourceError::Document { place, error })
    }
}

fn read_file(path: &Path) -> Result<String, SourceError> {
    let read = File::open(path).and_then(|file| text::read(file.take(MAX_BYTES)));
    read.map_err(|error| SourceError::File { path: path.display().to_string(), error })
}

/// Fetches the document at `url`. Redirects are not followed: an attacker who could redirect requests could supply keys.
fn fetch(url: &str) -> Result<String, SourceError> {
    let agent = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).max_redirects(0).user_agent("frontrow");
    // Requests to this machine don't go through a proxy.
    let agent = if url.starts_with("https://") { agent.https_only(true) } else { agent.proxy(None) };
    let response = ureq::Agent::from(agent.build()).get(url).header("accept", "application/json").call();
    let text = response.and_then(|mut response| match response.status().as_u16() {
        200 => response.body_mut().with_config().limit(MAX_BYTES).read_to_string(),
        status => Err(ureq::Error::StatusCode(status)),
    });
    text.map_err(|error| SourceError::Address { url: url.to_owned(), error: Box::new(error) })
}
