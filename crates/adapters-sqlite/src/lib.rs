//! The store on SQLite through SeaORM: the embedded default. One file, one serving process, all persistence ports.
//!
//! [`SqliteStore`] reads on a few connections, each load from one snapshot, and writes on one, with one transaction per group of changes.
//! Both work on sets: the number of statements depends on the tables, not on the rows. The module `commit` documents how a group is
//! committed, `load` how a batch is loaded; `statements` has the statements, one file per table. The parts that do not depend on SQLite are
//! in [`adapters_sql`].

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
mod sales;
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
