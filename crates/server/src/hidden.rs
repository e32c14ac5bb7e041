//! Redaction of secrets in output.

use secrecy::{ExposeSecret, SecretString};
use serde::Serializer;

/// The replacement of a secret.
const HIDDEN: &str = "***";

/// Serializes only whether there is a secret.
pub(crate) fn secret<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if secret.expose_secret().is_empty() { "" } else { HIDDEN })
}

/// Serializes a URL without its password.
pub(crate) fn url<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&without_password(url))
}

/// Removes the password of a URL, before the last `@` or in the parameters. In doubt it removes more than that.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once(':') else { return url.to_owned() };
    let (slashes, rest) = rest.strip_prefix("//").map_or(("", rest), |rest| ("//", rest));
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, _password)) => format!("{user}:{HIDDEN}@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    match rest.split_once('?') {
        Some((base, parameters)) => {
            let parameters: Vec<_> = parameters.split('&').map(redact_parameter).collect();
            format!("{scheme}:{slashes}{base}?{}", parameters.join("&"))
        }
        None => format!("{scheme}:{slashes}{rest}"),
    }
}

/// Redacts the value of a parameter that may be a password; a name with escapes may be any.
fn redact_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("password") || name.contains('%') => format!("{name}={HIDDEN}"),
        Some(_) | None => parameter.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (written, shown) in [
            ("sqlite://data/frontrow.db", "sqlite://data/frontrow.db"),
            ("memory:", "memory:"),
            ("postgres://db/frontrow", "postgres://db/frontrow"),
            ("postgres://ada@db:5432/frontrow?sslmode=require", "postgres://ada@db:5432/frontrow?sslmode=require"),
            ("postgres://ada:secret@db:5432/frontrow?sslmode=require", "postgres://ada:***@db:5432/frontrow?sslmode=require"),
            ("postgres://ada:sec:ret@db/frontrow", "postgres://ada:***@db/frontrow"),
            ("postgres://ada:s@cr/e?t@db/frontrow", "postgres://ada:***@db/frontrow"),
            (
                "postgres://db/frontrow?user=ada&password=secret&sslmode=require",
                "postgres://db/frontrow?user=ada&password=***&sslmode=require",
            ),
            ("postgres://db/frontrow?p%61ssword=secret", "postgres://db/frontrow?p%61ssword=***"),
            ("shelf:ada:secret@db?password=secret", "shelf:ada:***@db?password=***"),
            ("collector:4318", "collector:4318"),
        ] {
            assert_eq!(without_password(written), shown);
        }
    }
}
