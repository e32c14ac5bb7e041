//! Secrets as they are shown: not at all.

use secrecy::{ExposeSecret, SecretString};
use serde::Serializer;

/// In place of a secret.
const HIDDEN: &str = "***";

/// A secret: only whether there is one.
pub(crate) fn secret<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if secret.expose_secret().is_empty() { "" } else { HIDDEN })
}

/// A URL, without its password.
pub(crate) fn url<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&without_password(url))
}

/// A password stands before the last `@`, or among the parameters. In doubt more is hidden than that.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once(':') else { return url.to_owned() };
    let (slashes, rest) = rest.strip_prefix("//").map_or(("", rest), |rest| ("//", rest));
    let rest = match rest.rsplit_once('@') {
        Some((user, place)) => match user.split_once(':') {
            Some((user, _password)) => format!("{user}:{HIDDEN}@{place}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    match rest.split_once('?') {
        Some((place, parameters)) => {
            let parameters: Vec<_> = parameters.split('&').map(harmless).collect();
            format!("{scheme}:{slashes}{place}?{}", parameters.join("&"))
        }
        None => format!("{scheme}:{slashes}{rest}"),
    }
}

/// A parameter as it may be shown: a name with escapes in it may be any.
fn harmless(parameter: &str) -> String {
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
