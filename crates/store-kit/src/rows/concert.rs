//! Rows of concerts.

use domain::{Concert, ConcertId, QueueId, Version, Versioned, Write};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cancellation::{cancellation, reason_of};
use crate::corrupt::Corrupt;
use crate::instant::micros;

const TABLE: &str = "concerts";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "concerts"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub id: Uuid,
    pub version: i64,
    pub name: String,
    pub host: String,
    pub queue_id: Uuid,
    pub max_seats_per_user: Option<i64>,
    pub cancelled_at: Option<i64>,
    pub cancellation_reason: Option<String>,
}

entity!();

impl TryFrom<Model> for Versioned<Concert> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let limit = row.max_seats_per_user.map(u32::try_from).transpose().map_err(|_| Corrupt::new(TABLE, "max_seats_per_user"))?;
        let (id, queue) = (ConcertId(row.id), QueueId(row.queue_id));
        let cancellation = cancellation(row.cancelled_at, row.cancellation_reason.as_deref(), TABLE)?;
        let concert = Concert::new(id, row.name, row.host, queue).with_max_seats_per_user(limit).restore(cancellation);
        Ok(Self::new(Version(row.version), concert))
    }
}

impl From<&Concert> for Model {
    /// Converts a new concert.
    fn from(concert: &Concert) -> Self {
        Self {
            id: concert.id().0,
            version: Version::FIRST.0,
            name: concert.name().to_owned(),
            host: concert.host().to_owned(),
            queue_id: concert.queue().0,
            max_seats_per_user: concert.max_seats_per_user().map(i64::from),
            cancelled_at: concert.cancellation().map(|cancellation| micros(cancellation.at)),
            cancellation_reason: concert.cancellation().and_then(reason_of),
        }
    }
}

impl From<&Versioned<Concert>> for Model {
    fn from(concert: &Versioned<Concert>) -> Self {
        Self { version: concert.version.0, ..Self::from(&concert.row) }
    }
}

impl From<&Write<Concert>> for Model {
    fn from(write: &Write<Concert>) -> Self {
        Self { version: write.version().0, ..Self::from(&write.row) }
    }
}
