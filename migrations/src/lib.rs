//! The database schema: SQL files, one dialect a folder, forward and back.
//!
//! [`POSTGRES`] brings a PostgreSQL database up to date, [`SQLITE`] a SQLite one. A migration is two files, `NNNN_name.up.sql` and
//! `NNNN_name.down.sql`, and its name in the list below, with what SQL can't do of it; a migration that has been released is never edited.

mod migrator;
mod objects;
mod user_search_keys;

pub use migrator::{MigrationError, Migrator};

use migrator::{Fill, Script};

/// The scripts of a dialect's folder, in order.
macro_rules! scripts {
    ($dialect:literal: $($name:literal $(+ $fill:ident)?),+ $(,)?) => {
        Migrator::new(&[$(Script {
            name: $name,
            up: include_str!(concat!("../", $dialect, "/", $name, ".up.sql")),
            down: include_str!(concat!("../", $dialect, "/", $name, ".down.sql")),
            fill: &[$(Fill::$fill)?],
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
    "0005_wallet_entry_ids",
    "0006_user_search_keys" + UserSearchKeys,
    "0007_charges_and_keys",
    "0008_operations",
    "0009_accessible_seats",
    "0010_event_log",
    "0011_audit_entries",
];

/// Brings a SQLite database up to date. Run it inside `BEGIN IMMEDIATE`: then of several processes that open a database at once one
/// migrates and the others find it done.
pub const SQLITE: Migrator = scripts!["sqlite":
    "0001_init",
    "0002_waiting_room",
    "0003_operators",
    "0004_cancellations",
    "0005_storage_probe",
    "0006_user_search_keys" + UserSearchKeys,
    "0007_charges_and_keys",
    "0008_operations",
    "0009_accessible_seats",
    "0010_event_log",
    "0011_audit_entries",
];
