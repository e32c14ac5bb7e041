//! Where a server is, as URLs of its databases.

/// A server's URL, taken apart at the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// Up to the host and port, like `postgres://frontrow@127.0.0.1:5432`.
    server: String,
    /// The database from which others are created and dropped.
    maintenance: String,
    /// From the question mark on; empty if there is none.
    options: String,
}

impl Address {
    pub(crate) fn parse(url: &str) -> Self {
        let (url, options) = url.split_at(url.find('?').unwrap_or(url.len()));
        let host = url.find("://").expect("the URL of a PostgreSQL server starts with postgres://") + "://".len();
        let (server, path) = url.split_at(url[host..].find('/').map_or(url.len(), |slash| host + slash));
        let database = path.trim_start_matches('/');
        let maintenance = if database.is_empty() { "postgres" } else { database };
        Self { server: server.to_owned(), maintenance: maintenance.to_owned(), options: options.to_owned() }
    }

    /// Of the server that a cluster starts on `port`.
    pub(crate) fn own(port: u16) -> Self {
        Self::parse(&format!("postgres://frontrow@127.0.0.1:{port}/postgres"))
    }

    pub(crate) fn database(&self, name: &str) -> String {
        format!("{}/{name}{}", self.server, self.options)
    }

    pub(crate) fn maintenance(&self) -> String {
        self.database(&self.maintenance)
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
    fn a_url_without_a_database_means_the_one_every_server_has() {
        for url in ["postgres://ada@db", "postgres://ada@db/"] {
            assert_eq!(Address::parse(url).maintenance(), "postgres://ada@db/postgres");
        }
    }
}
