//! The built-in issuer, with the secret that is configured or kept in the store.

use adapters_http::Issuer;
use anyhow::anyhow;
use application::ports::Secrets;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::ExposeSecret;

use crate::config::Settings;

/// The issuer of the configured store.
pub(super) async fn of(settings: &Settings, secrets: &dyn Secrets) -> anyhow::Result<Issuer> {
    let lifetime = settings.auth.token_lifetime;
    if let Some(secret) = &settings.auth.issuer_secret {
        return Ok(Issuer::new(secret.expose_secret().as_bytes(), lifetime));
    }
    let mut candidate = [0; 32];
    SystemRandom::new().fill(&mut candidate).map_err(|_| anyhow!("the machine has no randomness"))?;
    Ok(Issuer::new(&secrets.issuer_secret(candidate).await?, lifetime))
}
