//! URLs of stores.

use std::fmt;

use crate::hidden;

/// The value of `database.url`: a scheme, a colon, and a rest that the driver of the scheme interprets.
///
/// It may contain a password. [`Display`](fmt::Display) and [`Debug`](fmt::Debug) omit it, so use these in messages and logs.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl {
    text: String,
    /// The index of the colon after the scheme.
    colon: usize,
}

impl StoreUrl {
    /// Parses a URL; returns `None` if it has no scheme.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let colon = text.find(':')?;
        is_scheme(&text[..colon]).then(|| Self { text: text.to_owned(), colon })
    }

    /// Returns the part before the first colon, like `sqlite`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.text[..self.colon]
    }

    /// Returns the part after `scheme:` or `scheme://`, unchanged: `data/frontrow.db` of `sqlite://data/frontrow.db`.
    #[must_use]
    pub fn path(&self) -> &str {
        let rest = &self.text[self.colon + 1..];
        rest.strip_prefix("//").unwrap_or(rest)
    }

    /// Returns the whole URL, including a password.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hidden::without_password(&self.text))
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreUrl").field(&self.to_string()).finish()
    }
}

/// Whether `text` is a lower-case scheme as defined in RFC 3986.
pub(super) fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || "+-.".contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_scheme_and_a_path_with_or_without_slashes() {
        for (text, scheme, path) in [
            ("sqlite://data/frontrow.db", "sqlite", "data/frontrow.db"),
            ("sqlite:///srv/frontrow.db", "sqlite", "/srv/frontrow.db"),
            ("redb:data/shop.redb", "redb", "data/shop.redb"),
            ("redb+zip://a:b", "redb+zip", "a:b"),
            ("memory:", "memory", ""),
        ] {
            let url = StoreUrl::parse(text).unwrap();
            assert_eq!((url.scheme(), url.path(), url.as_str()), (scheme, path, text));
        }
        for text in ["", "redb", ":path", "//host/path", "Redb:path", "7z:path", "my db:path"] {
            assert_eq!(StoreUrl::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for text in ["postgres://ada:secret@db/frontrow", "shelf:ada:secret@db", "shelf://db?password=secret"] {
            let url = StoreUrl::parse(text).unwrap();
            assert!(!format!("{url} {url:?}").contains("secret"), "{url:?}");
        }
    }
}
