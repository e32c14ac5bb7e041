//! The store on SQLite through SeaORM: the embedded default. One file, one serving process, all ports of persistence.
//!
//! [`SqliteStore`] reads through a few connections, each load from one snapshot, and writes through one, a group of
//! changes a transaction. Both work on sets: the number of statements depends on the tables, not on the rows. How a group
//! is committed is told in `commit`, how a batch is loaded in `load`; a table's rows and statements are in `rows`, a file
//! a table.

mod audit;
mod bookings;
mod catalogue;
mod commit;
mod corrupt;
mod database;
mod error;
#[cfg(test)]
mod faults;
mod housekeeping;
mod instant;
mod load;
#[cfg(test)]
mod plans;
mod programme;
mod rows;
mod secrets;
mod serve_lock;
mod statement;
mod store;
mod tokens;
mod users;
mod wallets;
mod words;

pub use database::OpenError;
pub use serve_lock::{LockError, ServeLock};
pub use store::SqliteStore;
