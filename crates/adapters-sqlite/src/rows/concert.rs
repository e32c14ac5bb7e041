//! Rows of concerts.

use domain::{Concert, ConcertId, QueueId, Version, Versioned};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "concerts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    pub(crate) name: String,
    pub(crate) host: String,
    pub(crate) queue_id: Uuid,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Concerts by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN concerts t ON t.id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO concerts (id, version, name, host, queue_id)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', value ->> 'name', value ->> 'host', unhex(value ->> 'queue_id', '-')
    FROM jsonb_each(?1)";

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
