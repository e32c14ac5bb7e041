//! A database for one test.

use std::hash::{BuildHasher, Hasher, RandomState};

use crate::address::Address;
use crate::psql;

/// A database with a unique name. Dropping the value drops the database, even if clients are still connected to it.
#[derive(Debug)]
pub struct Database {
    /// Its name on its server.
    pub name: String,
    /// Its URL.
    pub url: String,
    address: Address,
}

impl Database {
    pub(crate) fn copy(address: &Address, template: &str) -> Self {
        // Random, not counted: an existing server keeps what earlier, killed processes left behind.
        let name = format!("test_{:016x}", RandomState::new().build_hasher().finish());
        // Copied as files: 45 ms, where the write-ahead log, the default, takes 115 ms.
        let create = format!("CREATE DATABASE {name} TEMPLATE \"{template}\" STRATEGY file_copy");
        let created = psql::run(&address.maintenance(), &create);
        let _empty = created.unwrap_or_else(|problem| panic!("{template} can't be copied: {problem}"));
        Self { url: address.database(&name), name, address: address.clone() }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The server may be gone already, and a test may be panicking.
        let _ = psql::run(&self.address.maintenance(), &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}
