//! The scripts for PostgreSQL.

use sea_orm_migration::{MigrationTrait, MigratorTrait};

use crate::script::Script;

/// Brings a PostgreSQL database up to date. Run it under an advisory lock: then of several processes that open a database at
/// once one migrates and the others find it done.
#[derive(Debug, Clone, Copy)]
pub struct PostgresMigrator;

impl MigratorTrait for PostgresMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(Script {
                name: "0001_init",
                up: include_str!("../postgres/0001_init.up.sql"),
                down: include_str!("../postgres/0001_init.down.sql"),
            }),
            Box::new(Script {
                name: "0002_waiting_room",
                up: include_str!("../postgres/0002_waiting_room.up.sql"),
                down: include_str!("../postgres/0002_waiting_room.down.sql"),
            }),
            Box::new(Script {
                name: "0003_operators",
                up: include_str!("../postgres/0003_operators.up.sql"),
                down: include_str!("../postgres/0003_operators.down.sql"),
            }),
            Box::new(Script {
                name: "0004_cancellations",
                up: include_str!("../postgres/0004_cancellations.up.sql"),
                down: include_str!("../postgres/0004_cancellations.down.sql"),
            }),
        ]
    }
}
