//! The database schema: SQL files, one dialect a folder, forward and back.
//!
//! [`SqliteMigrator`] brings a SQLite database up to date. A dialect is a folder of `NNNN_name.up.sql` and
//! `NNNN_name.down.sql` and a module that lists them; a migration that has been released is never edited.

mod script;
mod sqlite;

pub use sea_orm_migration::MigratorTrait;
pub use sqlite::SqliteMigrator;
