//! The database schema: SQL files, one dialect a folder, forward and back.
//!
//! [`POSTGRES`] brings a PostgreSQL database up to date, [`SQLITE`] a SQLite one. A migration is two files, `NNNN_name.up.sql` and
//! `NNNN_name.down.sql`, and its name in the list below; a migration that has been released is never edited.

mod migrator;

pub use migrator::{MigrationError, Migrator};

use migrator::Script;

/// The scripts of a dialect's folder, in order.
macro_rules! scripts {
    ($dialect:literal: $($name:literal),+ $(,)?) => {
        Migrator::new(&[$(Script {
            name: $name,
            up: include_str!(concat!("../", $dialect, "/", $name, ".up.sql")),
            down: include_str!(concat!("../", $dialect, "/", $name, ".down.sql")),
        }),+])
    };
}

/// Brings a PostgreSQL database up to date. Run it under an advisory lock: then of several processes that open a database at
/// once one migrates and the others find it done.
pub const POSTGRES: Migrator = scripts!["postgres":
    "0001_init",
    "0002_waiting_room",
    "0003_operators",
    "0004_cancellations",
];

/// Brings a SQLite database up to date. Run it inside `BEGIN IMMEDIATE`: then of several processes that open a database at once one
/// migrates and the others find it done.
pub const SQLITE: Migrator = scripts!["sqlite":
    "0001_init",
    "0002_waiting_room",
    "0003_operators",
    "0004_cancellations",
];
