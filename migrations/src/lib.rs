//! The database schema: SQL files, one folder per dialect, to migrate up and down.
//!
//! [`POSTGRES`] migrates a PostgreSQL database, [`SQLITE`] an SQLite one. A migration consists of two files, `NNNN_name.up.sql` and
//! `NNNN_name.down.sql`, and of its name in the list below, with the part that SQL can't do; a released migration is never edited.

mod migrator;
mod objects;
mod user_search_keys;

pub use migrator::{MigrationError, Migrator};

use migrator::{Fill, Script};

/// The scripts in the folder of a dialect, in order.
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

/// Migrates a PostgreSQL database. Run it under an advisory lock: if several processes open a database at once, one migrates and the others
/// find it migrated.
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
    "0012_catalogue_locks",
    "0013_retention",
    "0014_operators_reads",
    "0016_active_tokens",
    "0017_listings",
    "0018_tickets",
    "0019_layouts",
    "0020_rankings",
    "0021_sessions",
];

/// Migrates an SQLite database. Run it inside `BEGIN IMMEDIATE`: if several processes open a database at once, one migrates and the others
/// find it migrated.
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
    "0013_retention",
    "0014_operators_reads",
    "0016_active_tokens",
    "0017_listings",
    "0018_tickets",
    "0019_layouts",
    "0020_rankings",
    "0021_sessions",
];
