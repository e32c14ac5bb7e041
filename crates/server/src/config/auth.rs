//! The configuration of trusted token issuers: `[auth]`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use adapters_http::Trust;
use secrecy::{ExposeSecret, SecretString};

use super::checks::{SECONDS_PER_DAY, seconds, within};
use super::error::{ConfigError, invalid};
use super::values;

/// The name of the built-in issuer.
const BUILT_IN: &str = "frontrow";
const MAX_ISSUERS: usize = 16;
const MAX_LEEWAY_SECONDS: u32 = 120;

#[derive(Debug)]
pub(crate) struct Auth {
    pub(crate) registration: bool,
    /// `None`: the store keeps one.
    pub(crate) issuer_secret: Option<SecretString>,
    pub(crate) token_lifetime: Duration,
    /// The interval at which keys of external issuers are refreshed.
    pub(crate) refresh: Duration,
    pub(crate) external: Vec<External>,
}

/// An external issuer.
#[derive(Debug, Clone)]
pub(crate) struct External {
    pub(crate) trust: Trust,
    pub(crate) source: KeySource,
    /// The configuration key of the source, like `auth.issuers[0].pem_file`.
    pub(crate) key: String,
}

/// The source of an external issuer's public keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// A file with one or more public keys as PEM.
    Pem(PathBuf),
    /// A file with a JSON Web Key Set.
    Jwks(PathBuf),
    /// A JSON Web Key Set at this address.
    Url(String),
}

pub(super) fn read(auth: &values::Auth) -> Result<Auth, ConfigError> {
    let length = auth.issuer_secret.expose_secret().len();
    if (1..32).contains(&length) {
        return Err(invalid("auth.issuer_secret", "must have at least 32 characters, or be empty"));
    }
    if auth.issuers.len() > MAX_ISSUERS {
        return Err(invalid("auth.issuers", format!("must have at most {MAX_ISSUERS} elements, not {}", auth.issuers.len())));
    }
    let mut names = BTreeSet::from([BUILT_IN]);
    for (index, issuer) in auth.issuers.iter().enumerate() {
        if !names.insert(&issuer.name) {
            return Err(invalid(format!("auth.issuers[{index}].name"), format!("must not be {BUILT_IN} or the name of another issuer")));
        }
    }
    Ok(Auth {
        registration: auth.registration,
        issuer_secret: (length > 0).then(|| auth.issuer_secret.clone()),
        token_lifetime: seconds("auth.token_seconds", auth.token_seconds, 1..=365 * SECONDS_PER_DAY)?,
        refresh: seconds("auth.refresh_seconds", auth.refresh_seconds, 1..=SECONDS_PER_DAY)?,
        external: auth.issuers.iter().enumerate().map(|(index, issuer)| external(index, issuer)).collect::<Result<_, _>>()?,
    })
}

fn external(index: usize, issuer: &values::Issuer) -> Result<External, ConfigError> {
    let key = |name: &str| format!("auth.issuers[{index}].{name}");
    for (name, text) in [("name", &issuer.name), ("audience", &issuer.audience), ("roles_claim", &issuer.roles_claim)] {
        if text.trim().is_empty() {
            return Err(invalid(key(name), "must not be empty"));
        }
    }
    let (source, from) = source(index, issuer)?;
    let trust = Trust {
        name: issuer.name.clone(),
        audience: issuer.audience.clone(),
        algorithm: issuer.algorithm.parse().map_err(|error| invalid(key("algorithm"), format!("{error}, not {}", issuer.algorithm)))?,
        leeway_seconds: within(&key("leeway_seconds"), issuer.leeway_seconds, 0..=MAX_LEEWAY_SECONDS)?,
        roles_claim: issuer.roles_claim.clone(),
    };
    Ok(External { trust, source, key: key(from) })
}

/// Returns the source of the keys, and the configuration key that specifies it: exactly one must be set.
fn source(index: usize, issuer: &values::Issuer) -> Result<(KeySource, &'static str), ConfigError> {
    let (pem, jwks, url) = (issuer.pem_file.as_deref(), issuer.jwks_file.as_deref(), issuer.jwks_url.as_deref());
    let (source, name) = match (pem, jwks, url) {
        (Some(path), None, None) => (KeySource::Pem(path.into()), "pem_file"),
        (None, Some(path), None) => (KeySource::Jwks(path.into()), "jwks_file"),
        (None, None, Some(url)) => (KeySource::Url(url.to_owned()), "jwks_url"),
        _ => return Err(invalid(format!("auth.issuers[{index}]"), "must have exactly one of pem_file, jwks_file and jwks_url")),
    };
    match &source {
        KeySource::Pem(path) | KeySource::Jwks(path) if path.as_os_str().is_empty() => {
            Err(invalid(format!("auth.issuers[{index}].{name}"), "must not be empty"))
        }
        KeySource::Url(url) if !is_safe(url) => Err(invalid(
            format!("auth.issuers[{index}].{name}"),
            "must start with https:// (or http://127.0.0.1, http://localhost) and contain no password",
        )),
        KeySource::Pem(_) | KeySource::Jwks(_) | KeySource::Url(_) => Ok((source, name)),
    }
}

/// Whether responses from `url` can't be modified in transit, and it contains no password, which would be logged.
fn is_safe(url: &str) -> bool {
    let (tls, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return false,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.split_once(':').map_or(authority, |(host, _port)| host);
    !host.is_empty() && !authority.contains(['@', '\\']) && (tls || ["127.0.0.1", "localhost"].contains(&host))
}
