//! The store on SQLite through SeaORM: the embedded default. One file, one serving process, all ports of persistence.
//!
//! [`SqliteStore`] reads through a few connections, each load from one snapshot, and writes through one, a group of
//! changes a transaction. Both work on sets: the number of statements depends on the tables, not on the rows. How a group
//! is committed is told in `commit`, how a batch is loaded in `load`; a table's statements are in `statements`, a file a table. What is no
//! business of SQLite's is in [`adapters_sql`].

mod backup;
mod commit;
mod database;
mod error;
#[cfg(test)]
mod faults;
mod file;
mod health_check;
mod housekeeping;
mod last_write;
mod load;
mod log;
#[cfg(test)]
mod plans;
mod secrets;
mod serve_lock;
mod statement;
mod statements;
mod store;

pub use backup::BackupError;
pub use database::OpenError;
pub use file::SqliteFile;
pub use serve_lock::{LockError, ServeLock};
pub use store::SqliteStore;
