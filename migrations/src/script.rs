//! A migration that is two SQL scripts.

use async_trait::async_trait;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

/// A step of the schema, forward and back.
pub(crate) struct Script {
    /// The number and name of its files.
    pub(crate) name: &'static str,
    /// The way forward.
    pub(crate) up: &'static str,
    /// The way back.
    pub(crate) down: &'static str,
}

impl MigrationName for Script {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait]
impl MigrationTrait for Script {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(self.up).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(self.down).await.map(|_| ())
    }

    /// A script and the record that it ran are one transaction in every dialect.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
