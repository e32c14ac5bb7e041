//! Rows of concerts.

use domain::{Concert, ConcertId, QueueId, Version, Versioned};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "concerts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i64,
    pub name: String,
    pub host: String,
    pub queue_id: Uuid,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Versioned<Concert> {
    fn from(row: Model) -> Self {
        let concert = Concert { id: ConcertId(row.id), name: row.name, host: row.host, queue: QueueId(row.queue_id) };
        Self::new(Version(row.version), concert)
    }
}

impl From<&Concert> for Model {
    /// A concert that is new.
    fn from(concert: &Concert) -> Self {
        let Concert { id, name, host, queue } = concert;
        Self { id: id.0, version: Version::FIRST.0, name: name.clone(), host: host.clone(), queue_id: queue.0 }
    }
}
