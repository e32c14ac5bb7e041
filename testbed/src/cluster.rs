//! A PostgreSQL server for tests: one of its own, or an existing one.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::address::Address;
use crate::server::{Durability, Server, Suspended};
use crate::{Database, programs, psql};

/// The variable that names an existing server, by the URL of one of its databases. The URL's role must be allowed to create databases.
pub const EXISTING: &str = "FRONTROW_TEST_DATABASE_URL";

/// A PostgreSQL server in a temporary folder on a free port of 127.0.0.1, or an existing one named by `FRONTROW_TEST_DATABASE_URL`.
///
/// A server of its own and its folder are removed when the value is dropped, or when the process ends in any way.
#[derive(Debug)]
pub struct Cluster {
    address: Address,
    /// None for an existing server.
    server: Option<Server>,
}

impl Cluster {
    /// Starts a server of its own.
    ///
    /// # Panics
    ///
    /// If PostgreSQL isn't found (the message says how to install it) or doesn't start (the message has the end of its log).
    #[must_use]
    pub fn start(durability: Durability) -> Self {
        let server = Server::start(durability);
        Self { address: server.address(), server: Some(server) }
    }

    /// Returns the cluster that all tests of this process share, created at the first call: the existing server named by
    /// `FRONTROW_TEST_DATABASE_URL`, or else a server of its own that survives the death of any process but not of the machine.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| existing().unwrap_or_else(|| Self::start(Durability::Processes)))
    }

    /// Returns the URL of `database`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.address.database(database)
    }

    /// Creates an empty database.
    #[must_use]
    pub fn create_database(&self) -> Database {
        self.clone_database("template0")
    }

    /// Creates a database with everything in `template`, to which no client may be connected meanwhile.
    #[must_use]
    pub fn clone_database(&self, template: &str) -> Database {
        Database::copy(&self.address, template)
    }

    /// Runs `statement` on `database` and returns the rows as psql prints them: columns separated by `|`, no headings.
    ///
    /// # Panics
    ///
    /// If it fails, with psql's error message.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        psql::run(&self.url(database), statement).unwrap_or_else(|problem| panic!("{statement} fails: {problem}"))
    }

    /// Sends SIGKILL to the server and all its children at once, like a power failure of the processes.
    pub fn kill(&mut self) {
        self.own().kill();
    }

    /// Starts a killed server again on its folder and port; returns once it has recovered and accepts connections.
    pub fn restart(&mut self) {
        self.own().restart();
    }

    /// Suspends the server and all its children, until the returned value is dropped: connections stay open, and nothing is answered.
    ///
    /// # Panics
    ///
    /// If it is an existing server, or was killed.
    pub fn suspend(&self) -> Suspended {
        self.server.as_ref().expect("an existing server is not suspended").suspend()
    }

    /// Returns the path of PostgreSQL's program `name`, like `pgbench`: on the PATH, or the newest under `/usr/lib/postgresql`.
    #[must_use]
    pub fn program(name: &str) -> Option<PathBuf> {
        programs::find(name)
    }

    /// Returns the log of a server of its own.
    ///
    /// # Panics
    ///
    /// If the server is an existing one, or its log can't be read.
    #[must_use]
    pub fn log(&self) -> String {
        self.server.as_ref().expect("the log of an existing server is unknown").log_text()
    }

    /// Returns the id of the server's main process; none for an existing server.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.server.as_ref()?.process_id()
    }

    fn own(&mut self) -> &mut Server {
        self.server.as_mut().expect("only the shared cluster can be an existing server, and that one can't be borrowed mutably")
    }
}

#[expect(clippy::disallowed_methods, reason = "the edge of the tests: their only setting")]
fn existing() -> Option<Cluster> {
    let url = std::env::var(EXISTING).ok().filter(|url| !url.is_empty())?;
    Some(Cluster { address: Address::parse(&url), server: None })
}
