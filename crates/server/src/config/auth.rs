//! Whose access tokens are believed.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use adapters_http::Trust;
use secrecy::{ExposeSecret, SecretString};

use super::ConfigError;
use super::settings::{A_DAY_IN_SECONDS, seconds, within, wrong};
use super::values;

/// What the built-in issuer calls itself.
const BUILT_IN: &str = "frontrow";
const MOST_ISSUERS: usize = 16;
const MOST_LEEWAY_SECONDS: u32 = 120;

#[derive(Debug)]
pub(crate) struct Auth {
    pub(crate) registration: bool,
    /// None: the store keeps one.
    pub(crate) issuer_secret: Option<SecretString>,
    pub(crate) token_lifetime: Duration,
    /// Between two looks at the keys of external issuers.
    pub(crate) refresh: Duration,
    pub(crate) external: Vec<External>,
}

/// An external issuer.
#[derive(Debug, Clone)]
pub(crate) struct External {
    pub(crate) trust: Trust,
    pub(crate) source: KeySource,
    /// The key that names the source, like `auth.issuers[0].pem_file`.
    pub(crate) key: String,
}

/// Where an external issuer's public keys come from.
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
        return Err(wrong("auth.issuer_secret", "must have at least 32 characters, or be empty"));
    }
    if auth.issuers.len() > MOST_ISSUERS {
        return Err(wrong("auth.issuers", format!("must be at most {MOST_ISSUERS}, not {}", auth.issuers.len())));
    }
    let mut names = BTreeSet::from([BUILT_IN]);
    for (place, issuer) in auth.issuers.iter().enumerate() {
        if !names.insert(&issuer.name) {
            return Err(wrong(format!("auth.issuers[{place}].name"), format!("must be no other issuer's, nor {BUILT_IN}")));
        }
    }
    Ok(Auth {
        registration: auth.registration,
        issuer_secret: (length > 0).then(|| auth.issuer_secret.clone()),
        token_lifetime: seconds("auth.token_seconds", auth.token_seconds, 1..=365 * A_DAY_IN_SECONDS)?,
        refresh: seconds("auth.refresh_seconds", auth.refresh_seconds, 1..=A_DAY_IN_SECONDS)?,
        external: auth.issuers.iter().enumerate().map(|(place, issuer)| external(place, issuer)).collect::<Result<_, _>>()?,
    })
}

fn external(place: usize, issuer: &values::Issuer) -> Result<External, ConfigError> {
    let key = |name: &str| format!("auth.issuers[{place}].{name}");
    for (name, text) in [("name", &issuer.name), ("audience", &issuer.audience), ("roles_claim", &issuer.roles_claim)] {
        if text.trim().is_empty() {
            return Err(wrong(key(name), "must not be empty"));
        }
    }
    let (source, from) = source(place, issuer)?;
    let trust = Trust {
        name: issuer.name.clone(),
        audience: issuer.audience.clone(),
        algorithm: issuer.algorithm.parse().map_err(|error| wrong(key("algorithm"), format!("{error}, not {}", issuer.algorithm)))?,
        leeway_seconds: within(&key("leeway_seconds"), issuer.leeway_seconds, 0..=MOST_LEEWAY_SECONDS)?,
        roles_claim: issuer.roles_claim.clone(),
    };
    Ok(External { trust, source, key: key(from) })
}

/// Where the keys come from, and the name of the key that says so: exactly one must.
fn source(place: usize, issuer: &values::Issuer) -> Result<(KeySource, &'static str), ConfigError> {
    let (pem, jwks, url) = (issuer.pem_file.as_deref(), issuer.jwks_file.as_deref(), issuer.jwks_url.as_deref());
    let (source, name) = match (pem, jwks, url) {
        (Some(path), None, None) => (KeySource::Pem(path.into()), "pem_file"),
        (None, Some(path), None) => (KeySource::Jwks(path.into()), "jwks_file"),
        (None, None, Some(url)) => (KeySource::Url(url.to_owned()), "jwks_url"),
        _ => return Err(wrong(format!("auth.issuers[{place}]"), "must have one of pem_file, jwks_file and jwks_url, and no other")),
    };
    match &source {
        KeySource::Pem(path) | KeySource::Jwks(path) if path.as_os_str().is_empty() => {
            Err(wrong(format!("auth.issuers[{place}].{name}"), "must not be empty"))
        }
        KeySource::Url(url) if !is_safe(url) => Err(wrong(
            format!("auth.issuers[{place}].{name}"),
            "must begin with https:// (or http://127.0.0.1, http://localhost), and have no password in it",
        )),
        KeySource::Pem(_) | KeySource::Jwks(_) | KeySource::Url(_) => Ok((source, name)),
    }
}

/// Whether what comes from there can't be changed on its way. A password in it would end up in the log.
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
