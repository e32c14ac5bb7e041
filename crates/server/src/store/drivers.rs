//! The drivers that the program knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::memory::Memory;
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::url::is_scheme;
use super::{StoreDriver, StoreUrl};

/// The drivers, by the scheme of the URLs that they open.
#[derive(Clone, Default)]
pub(crate) struct Drivers(BTreeMap<String, Arc<dyn StoreDriver>>);

impl Drivers {
    /// The drivers of the stores that come with the program.
    pub(crate) fn built_in() -> Self {
        let mut drivers = Self::default();
        drivers.register("memory", Memory);
        drivers.register("sqlite", Sqlite);
        drivers.register("postgres", Postgres);
        drivers.register("postgresql", Postgres);
        drivers
    }

    /// Adds a driver, in the place of another of this scheme.
    ///
    /// # Panics
    /// If `scheme` isn't one.
    pub(crate) fn register(&mut self, scheme: &str, driver: impl StoreDriver + 'static) {
        assert!(is_scheme(scheme), "{scheme:?} is no URL scheme in lower case: no URL would find its driver");
        self.0.insert(scheme.to_owned(), Arc::new(driver));
    }

    /// The URL in `text`, which its driver accepts, and that driver.
    ///
    /// # Errors
    /// What the URL must be. It isn't repeated: it may hold a password.
    pub(super) fn find(&self, text: &str) -> Result<(StoreUrl, Arc<dyn StoreDriver>), String> {
        let url = StoreUrl::parse(text);
        let found = url.and_then(|url| self.0.get(url.scheme()).map(|driver| (url, driver.clone())));
        let (url, driver) = found.ok_or_else(|| {
            let schemes: Vec<_> = self.0.keys().map(|scheme| format!("{scheme}:")).collect();
            format!("must begin with the scheme of a store that this program knows: {}", schemes.join(", "))
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
    fn urls_of_the_stores_that_come_with_the_program_are_accepted() {
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
    fn an_unknown_scheme_is_refused_with_those_that_are_known() {
        for text in ["mysql://me:secret@host/shop", "SQLITE://frontrow.db", "frontrow.db", ""] {
            let refusal = refusal(text);
            assert!(refusal.ends_with("knows: memory:, postgres:, postgresql:, sqlite:"), "{text:?}: {refusal}");
        }
    }

    #[test]
    fn a_driver_refuses_what_names_none_of_its_stores() {
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
    #[should_panic(expected = "no URL scheme")]
    fn a_driver_that_no_url_would_find_is_not_registered() {
        Drivers::built_in().register("redb://", Memory);
    }
}
