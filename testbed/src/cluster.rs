//! A PostgreSQL server for tests, own or existing.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::address::Address;
use crate::server::{Durability, Server};
use crate::{Database, programs, psql};

/// Names an existing server, by the URL of one of its databases, whose role may create others.
pub const EXISTING: &str = "FRONTROW_TEST_DATABASE_URL";

/// A PostgreSQL server in a temporary folder on a free port of 127.0.0.1, or an existing one named by `FRONTROW_TEST_DATABASE_URL`.
///
/// An own server and its folder are gone when the value is dropped, or when the process ends in any way.
#[derive(Debug)]
pub struct Cluster {
    address: Address,
    /// None: it runs without us.
    server: Option<Server>,
}

impl Cluster {
    /// A server of its own, started now.
    ///
    /// # Panics
    ///
    /// If PostgreSQL isn't found, with what to do, or doesn't start, with the end of its log.
    #[must_use]
    pub fn start(durability: Durability) -> Self {
        let server = Server::start(durability);
        Self { address: server.address(), server: Some(server) }
    }

    /// The one that all of this process's tests share, made at the first call: the existing server that `FRONTROW_TEST_DATABASE_URL`
    /// names, or else an own one that outlives any process but not the machine.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| existing().unwrap_or_else(|| Self::start(Durability::Processes)))
    }

    /// The URL of `database`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.address.database(database)
    }

    /// An empty database.
    #[must_use]
    pub fn create_database(&self) -> Database {
        self.clone_database("template0")
    }

    /// A database with all that `template` has, to which nobody may be connected meanwhile.
    #[must_use]
    pub fn clone_database(&self, template: &str) -> Database {
        Database::copy(&self.address, template)
    }

    /// Runs `statement` on `database` and returns the rows as psql prints them: columns parted by `|`, no headings.
    ///
    /// # Panics
    ///
    /// If it fails, with what psql complains of.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        psql::run(&self.url(database), statement).unwrap_or_else(|problem| panic!("{statement} fails: {problem}"))
    }

    /// SIGKILL to the server and all its children at once, as if the power of the processes were cut.
    pub fn kill(&mut self) {
        self.own().kill();
    }

    /// Starts a killed server again on its folder and port; returns when it has recovered and accepts connections.
    pub fn restart(&mut self) {
        self.own().restart();
    }

    /// Where PostgreSQL's program `name` is, like `pgbench`: on the PATH, or the newest under `/usr/lib/postgresql`.
    #[must_use]
    pub fn program(name: &str) -> Option<PathBuf> {
        programs::find(name)
    }

    /// The process whose children serve. None: an existing server's.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.server.as_ref()?.process_id()
    }

    fn own(&mut self) -> &mut Server {
        self.server.as_mut().expect("only the shared cluster can be another's, and nobody can borrow that one mutably")
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests' edge: the one setting they have")]
fn existing() -> Option<Cluster> {
    let url = std::env::var(EXISTING).ok().filter(|url| !url.is_empty())?;
    Some(Cluster { address: Address::parse(&url), server: None })
}
