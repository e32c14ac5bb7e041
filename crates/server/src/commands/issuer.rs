//! The built-in issuer, with the secret that is configured or kept in the store.

use adapters_http::Issuer;
use anyhow::anyhow;
use application::SystemClock;
use application::ports::{Clock as _, Secrets};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::ExposeSecret;
use time::OffsetDateTime;

use crate::config::Settings;

/// What becomes of a store that isn't there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Made,
    Refused,
}

/// The issuer, and its clock's reading, without a server. The store is asked only if no secret is configured.
pub(super) async fn at_hand(settings: &Settings, missing: Missing) -> anyhow::Result<(Issuer, OffsetDateTime)> {
    if let Some(issuer) = configured(settings) {
        return Ok((issuer, SystemClock.now()));
    }
    match missing {
        Missing::Made => settings.store.must_be_persistent()?,
        Missing::Refused => settings.store.must_exist().await?,
    }
    let store = settings.store.open().await?;
    let issuer = of(settings, &*store.ports.secrets).await;
    let now = store.clock.now();
    store.close().await;
    Ok((issuer?, now))
}

/// The issuer whose secret is configured, if one is.
fn configured(settings: &Settings) -> Option<Issuer> {
    let secret = settings.auth.issuer_secret.as_ref()?;
    Some(Issuer::new(secret.expose_secret().as_bytes(), settings.auth.token_lifetime))
}

/// The issuer of the configured store.
pub(super) async fn of(settings: &Settings, secrets: &dyn Secrets) -> anyhow::Result<Issuer> {
    if let Some(issuer) = configured(settings) {
        return Ok(issuer);
    }
    let mut candidate = [0; 32];
    SystemRandom::new().fill(&mut candidate).map_err(|_| anyhow!("the machine has no randomness"))?;
    Ok(Issuer::new(&secrets.issuer_secret(candidate).await?, settings.auth.token_lifetime))
}
