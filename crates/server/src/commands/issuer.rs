//! The built-in issuer, with the secret in the configuration or the store.

use adapters_http::Issuer;
use anyhow::anyhow;
use application::SystemClock;
use application::ports::{Clock as _, SecretName, Secrets};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::ExposeSecret;
use time::OffsetDateTime;

use crate::config::Settings;

/// What to do if the store doesn't exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfMissing {
    Create,
    Fail,
}

/// Returns the issuer and the current time, without a server. The store is opened only if no secret is configured.
pub(super) async fn load(settings: &Settings, if_missing: IfMissing) -> anyhow::Result<(Issuer, OffsetDateTime)> {
    if let Some(issuer) = configured(settings) {
        return Ok((issuer, SystemClock.now()));
    }
    match if_missing {
        IfMissing::Create => settings.store.must_be_persistent()?,
        IfMissing::Fail => settings.store.must_exist().await?,
    }
    let store = settings.store.open().await?;
    let issuer = of_store(settings, &*store.ports.secrets).await;
    let now = store.clock.now();
    store.close().await;
    Ok((issuer?, now))
}

/// Returns the issuer with the configured secret, if there is one.
fn configured(settings: &Settings) -> Option<Issuer> {
    let secret = settings.auth.issuer_secret.as_ref()?;
    Some(Issuer::new(secret.expose_secret().as_bytes(), settings.auth.token_lifetime))
}

/// Returns the issuer with the configured secret or the one in the store.
pub(super) async fn of_store(settings: &Settings, secrets: &dyn Secrets) -> anyhow::Result<Issuer> {
    if let Some(issuer) = configured(settings) {
        return Ok(issuer);
    }
    let mut candidate = [0; 32];
    SystemRandom::new().fill(&mut candidate).map_err(|_| anyhow!("the system's random number generator failed"))?;
    Ok(Issuer::new(&secrets.secret(SecretName::Issuer, candidate).await?, settings.auth.token_lifetime))
}
