//! Where keys come from.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use adapters_http::{Keys, KeysError, SigningAlgorithm};
use thiserror::Error;

use crate::config::KeySource;
use crate::text;

/// The largest document.
const MAX_BYTES: u64 = 256 * 1024;
/// How long an issuer may take to hand out its keys.
const TIMEOUT: Duration = Duration::from_secs(5);

/// There are no keys to be had.
#[derive(Debug, Error)]
pub(super) enum SourceError {
    /// The file can't be read.
    #[error("{path} can't be read: {error}")]
    File {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// The issuer's address didn't answer as it should.
    #[error("{url} doesn't hand out keys: {error}")]
    Address {
        /// The address.
        url: String,
        /// Why.
        error: Box<ureq::Error>,
    },
    /// The document is of no use.
    #[error("{place} {error}")]
    Document {
        /// The file or address.
        place: String,
        /// Why.
        error: KeysError,
    },
}

impl KeySource {
    /// Reads the keys as they are now; waits for files or the network.
    pub(super) fn read(&self, algorithm: SigningAlgorithm) -> Result<Keys, SourceError> {
        let (place, keys) = match self {
            Self::Pem(path) => (path.display().to_string(), Keys::from_pem(&contents(path)?, algorithm)),
            Self::Jwks(path) => (path.display().to_string(), Keys::from_jwks(&contents(path)?, algorithm)),
            Self::Url(url) => (url.clone(), Keys::from_jwks(&fetched(url)?, algorithm)),
        };
        keys.map_err(|error| SourceError::Document { place, error })
    }
}

fn contents(path: &Path) -> Result<String, SourceError> {
    let read = File::open(path).and_then(|file| text::read(file.take(MAX_BYTES)));
    read.map_err(|error| SourceError::File { path: path.display().to_string(), error })
}

/// The document at `url`, which must be there itself: whoever could redirect elsewhere could hand out keys.
fn fetched(url: &str) -> Result<String, SourceError> {
    let agent = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).max_redirects(0).user_agent("frontrow");
    // This very machine is not asked for through others.
    let agent = if url.starts_with("https://") { agent.https_only(true) } else { agent.proxy(None) };
    let answer = ureq::Agent::from(agent.build()).get(url).header("accept", "application/json").call();
    let text = answer.and_then(|mut answer| match answer.status().as_u16() {
        200 => answer.body_mut().with_config().limit(MAX_BYTES).read_to_string(),
        status => Err(ureq::Error::StatusCode(status)),
    });
    text.map_err(|error| SourceError::Address { url: url.to_owned(), error: Box::new(error) })
}
