//! Rotation of keys without a restart.

use std::sync::Arc;
use std::time::Duration;

use adapters_http::{KeyStore, Keys, TrustedIssuer};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::config::{ConfigError, External, KeySource};

use super::source::SourceError;

/// The minimum interval of refreshes that unknown keys trigger.
const MIN_INTERVAL: Duration = Duration::from_secs(10);

/// The rotation of the keys of one external issuer.
pub(crate) struct Rotation {
    issuer: External,
    key_store: Arc<KeyStore>,
    interval: Duration,
    min_interval: Duration,
}

impl Rotation {
    /// Reads the keys of `issuer` for the first time. [`Self::run`] refreshes them at each `interval`.
    ///
    /// # Errors
    /// [`ConfigError`] if a file doesn't contain keys. Keys from a URL may become available later.
    pub(crate) async fn start(issuer: External, interval: Duration) -> Result<Self, ConfigError> {
        let rotation = Self { issuer, key_store: Arc::new(KeyStore::new(Keys::none())), interval, min_interval: MIN_INTERVAL };
        match (rotation.refresh().await, &rotation.issuer.source) {
            (Err(error), KeySource::Pem(_) | KeySource::Jwks(_)) => {
                Err(ConfigError::InvalidValue { key: rotation.issuer.key, problem: format!("is invalid: {error}") })
            }
            (Err(error), KeySource::Url(_)) => {
                rotation.warn(&error);
                Ok(rotation)
            }
            (Ok(()), _) => Ok(rotation),
        }
    }

    /// Returns the issuer, with the keys that this refreshes.
    pub(crate) fn issuer(&self) -> TrustedIssuer {
        TrustedIssuer::new(self.issuer.trust.clone(), self.key_store.clone())
    }

    /// Refreshes the keys periodically until `stop`, and early when a token refers to an unknown key.
    pub(crate) async fn run(self, stop: CancellationToken) {
        while stop.run_until_cancelled(self.wait()).await.is_some() {
            if let Err(error) = self.refresh().await {
                self.warn(&error);
            }
        }
    }

    async fn wait(&self) {
        let last = Instant::now();
        tokio::select! {
            () = sleep(self.interval) => {}
            () = self.key_store.missing_key() => sleep_until(last + self.min_interval.min(self.interval)).await,
        }
    }

    /// Replaces the keys by those that the source has now; if there are none, the old ones remain.
    async fn refresh(&self) -> Result<(), SourceError> {
        let keys = self.issuer.source.read(self.issuer.trust.algorithm).await?;
        if self.key_store.replace(keys) {
            tracing::info!(issuer = self.issuer.trust.name, "the issuer's keys have changed");
        }
        Ok(())
    }

    fn warn(&self, error: &SourceError) {
        tracing::warn!(issuer = self.issuer.trust.name, %error, "the issuer's keys can't be refreshed; the previous ones remain");
    }
}

#[cfg(test)]
mod tests;
