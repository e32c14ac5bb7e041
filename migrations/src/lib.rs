//! The database schema: SQL files, one dialect a folder, forward and back.
//!
//! [`PostgresMigrator`] brings a PostgreSQL database up to date, [`SqliteMigrator`] an SQLite one. A dialect is a folder of `NNNN_name.up.sql` and
//! `NNNN_name.down.sql` and a module that lists them; a migration that has been released is never edited.

mod postgres;
mod script;
mod sqlite;

pub use postgres::PostgresMigrator;
pub use sea_orm_migration::MigratorTrait;
pub use sqlite::SqliteMigrator;
