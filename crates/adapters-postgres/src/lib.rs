//! The store on PostgreSQL through SeaORM, for production. Any number of instances serve one database.
//!
//! [`PostgresStore`] loads a batch by one statement and commits a group by one statement; the code that it shares with other SQL stores is
//! in [`adapters_sql`]. The module `commit` documents how a group is committed, `load.sql` how a batch is loaded. Instances follow each
//! other's commits by the event log, `log`.

mod audit;
mod audit_connections;
mod clock;
mod commit;
mod database;
mod error;
mod health_check;
mod housekeeping;
mod load;
mod locked_rows;
mod log;
#[cfg(test)]
mod plans;
mod sales;
mod secrets;
mod statements;
mod store;

pub use audit::PostgresDatabase;
pub use clock::DatabaseClock;
pub use database::{OpenError, PoolSize};
pub use store::PostgresStore;
