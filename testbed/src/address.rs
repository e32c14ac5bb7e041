//! Addresses of servers, as URLs of their databases.

use url::Url;

/// The URL of a server and of the database from which others are created and dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(Url);

impl Address {
    pub(crate) fn parse(url: &str) -> Self {
        let mut url = Url::parse(url).expect("a URL of a PostgreSQL server");
        if url.path().trim_start_matches('/').is_empty() {
            url.set_path("postgres");
        }
        Self(url)
    }

    /// Returns the address of the server that a cluster starts on `port`.
    pub(crate) fn own(port: u16) -> Self {
        Self::parse(&format!("postgres://frontrow@127.0.0.1:{port}/postgres"))
    }

    pub(crate) fn database(&self, name: &str) -> String {
        let mut url = self.0.clone();
        url.set_path(name);
        url.into()
    }

    pub(crate) fn maintenance(&self) -> String {
        self.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_of_the_same_server_keeps_account_and_options() {
        let address = Address::parse("postgresql://ada:secret@db.example:6432/home?sslmode=require");
        assert_eq!(address.database("x"), "postgresql://ada:secret@db.example:6432/x?sslmode=require");
        assert_eq!(address.maintenance(), "postgresql://ada:secret@db.example:6432/home?sslmode=require");
    }

    #[test]
    fn a_url_without_a_database_means_the_database_postgres() {
        for url in ["postgres://ada@db", "postgres://ada@db/"] {
            assert_eq!(Address::parse(url).maintenance(), "postgres://ada@db/postgres");
        }
    }
}
