//! Rotation: keys change without a restart.

use std::sync::Arc;
use std::time::Duration;

use adapters_http::{KeyStore, Keys, TrustedIssuer};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::config::{ConfigError, External, KeySource};

use super::source::SourceError;

/// Unknown keys make us look at most this often.
const EARLIEST: Duration = Duration::from_secs(10);

/// Keeps the keys of one external issuer up to date.
pub(crate) struct Rotation {
    issuer: External,
    key_store: Arc<KeyStore>,
    every: Duration,
    earliest: Duration,
}

impl Rotation {
    /// Of `issuer`, whose keys are looked at `every` so often.
    ///
    /// # Errors
    /// [`ConfigError`] if the keys should be in a file and aren't. What comes from elsewhere may come later.
    pub(crate) async fn start(issuer: External, every: Duration) -> Result<Self, ConfigError> {
        let rotation = Self { issuer, key_store: Arc::new(KeyStore::new(Keys::none())), every, earliest: EARLIEST };
        match (rotation.refresh().await, &rotation.issuer.source) {
            (Err(error), KeySource::Pem(_) | KeySource::Jwks(_)) => {
                Err(ConfigError::Wrong { key: rotation.issuer.key, problem: format!("is wrong: {error}") })
            }
            (Err(error), KeySource::Url(_)) => {
                rotation.warn(&error);
                Ok(rotation)
            }
            (Ok(()), _) => Ok(rotation),
        }
    }

    /// The issuer, whose keys this keeps.
    pub(crate) fn issuer(&self) -> TrustedIssuer {
        TrustedIssuer::new(self.issuer.trust.clone(), self.key_store.clone())
    }

    /// Looks again and again until `stop`, and early when a token names a key that isn't there.
    pub(crate) async fn run(self, stop: CancellationToken) {
        while stop.run_until_cancelled(self.occasion()).await.is_some() {
            if let Err(error) = self.refresh().await {
                self.warn(&error);
            }
        }
    }

    async fn occasion(&self) {
        let last = Instant::now();
        tokio::select! {
            () = sleep(self.every) => {}
            () = self.key_store.missing_key() => sleep_until(last + self.earliest.min(self.every)).await,
        }
    }

    /// Hangs up the keys as they are now; without any to be had the old ones stay.
    async fn refresh(&self) -> Result<(), SourceError> {
        let (source, algorithm) = (self.issuer.source.clone(), self.issuer.trust.algorithm);
        let read = tokio::task::spawn_blocking(move || source.read(algorithm)).await;
        let keys = match read {
            Ok(keys) => keys?,
            // Only at the end of the process is a task ended before it has begun.
            Err(_) => return Ok(()),
        };
        if self.key_store.replace(keys) {
            tracing::info!(issuer = self.issuer.trust.name, "the issuer's keys are new");
        }
        Ok(())
    }

    fn warn(&self, error: &SourceError) {
        tracing::warn!(issuer = self.issuer.trust.name, %error, "the issuer's keys can't be looked at: those from before stay");
    }
}

#[cfg(test)]
mod tests;
