//! The built-in issuer, with the secret that is configured or kept in the store.

use adapters_http::Issuer;
use anyhow::anyhow;
use application::ports::Secrets;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::ExposeSecret;

use crate::config::Settings;

/// The issuer whose secret is configured, if one is.
pub(super) fn configured(settings: &Settings) -> Option<Issuer> {
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
