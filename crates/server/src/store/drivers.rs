//! The registered drivers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::memory::Memory;
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::url::is_scheme;
use super::{StoreDriver, StoreUrl};

/// The registered drivers, by URL scheme.
#[derive(Clone, Default)]
pub(crate) struct Drivers(BTreeMap<String, Arc<dyn StoreDriver>>);

impl Drivers {
    /// Returns the drivers of the built-in stores.
    pub(crate) fn built_in() -> Self {
        let mut drivers = Self::default();
        drivers.register("memory", Memory);
        drivers.register("sqlite", Sqlite);
        drivers.register("postgres", Postgres);
        drivers.register("postgresql", Postgres);
        drivers
    }

    /// Adds a driver; replaces another one of this scheme.
    ///
    /// # Panics
    /// If `scheme` is invalid.
    pub(crate) fn register(&mut self, scheme: &str, driver: impl StoreDriver + 'static) {
        assert!(is_scheme(scheme), "{scheme:?} is not a lower-case URL scheme: no URL could select its driver");
        self.0.insert(scheme.to_owned(), Arc::new(driver));
    }

    /// Parses the URL in `text` and returns it with its driver, which has validated it.
    ///
    /// # Errors
    /// If the URL is invalid: what it must be. The URL isn't repeated, because it may contain a password.
    pub(super) fn find(&self, text: &str) -> Result<(StoreUrl, Arc<dyn StoreDriver>), String> {
        let url = StoreUrl::parse(text);
        let found = url.and_then(|url| self.0.get(url.scheme()).map(|driver| (url, driver.clone())));
        let (url, driver) = found.ok_or_else(|| {
            let schemes: Vec<_> = self.0.keys().map(|scheme| format!("{scheme}:")).collect();
            format!("must start with a supported scheme: {}", schemes.join(", "))
        })?;
        driver.validate(&url)?;
        Ok((url, driver))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Drivers::built_in().find(text).err().unwrap_or_default()
    }

    #[test]
    fn urls_of_the_built_in_stores_are_accepted() {
        for text in [
            "memory:",
            "sqlite://data/frontrow.db",
            "sqlite:frontrow.db",
            "postgres://ada:secret@db/frontrow",
            "postgresql://db/frontrow?host=/run",
        ] {
            assert_eq!(refusal(text), "", "{text}");
        }
    }

    #[test]
    fn an_unknown_scheme_is_refused_with_the_supported_ones() {
        for text in ["mysql://me:secret@host/shop", "SQLITE://frontrow.db", "frontrow.db", ""] {
            let refusal = refusal(text);
            assert!(refusal.ends_with("scheme: memory:, postgres:, postgresql:, sqlite:"), "{text:?}: {refusal}");
        }
    }

    #[test]
    fn drivers_refuse_invalid_urls_of_their_scheme() {
        for (text, form) in [
            ("memory:shop", "memory:"),
            ("memory://", "memory:"),
            ("sqlite://", "sqlite://PATH"),
            ("sqlite::memory:", "sqlite://PATH"),
            ("sqlite://shop.db?mode=memory", "sqlite://PATH"),
            ("postgres:db/frontrow", "postgres://USER:PASSWORD@HOST:PORT/DATABASE"),
            ("postgres://me:secret@host:port/shop", "postgres://USER:PASSWORD@HOST:PORT/DATABASE"),
        ] {
            let refusal = refusal(text);
            assert!(refusal.starts_with(&format!("must be {form}")) && !refusal.contains("secret"), "{text}: {refusal}");
        }
    }

    #[test]
    #[should_panic(expected = "not a lower-case URL scheme")]
    fn registering_an_invalid_scheme_panics() {
        Drivers::built_in().register("redb://", Memory);
    }
}
