//! Rows of schedules.

use domain::{ConcertId, Schedule, ScheduleId, Version, Versioned, Zone};
use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};

const TABLE: &str = "schedules";

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "schedules")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    pub(crate) concert_id: Uuid,
    pub(crate) starts_at: i64,
    pub(crate) zone: String,
    pub(crate) sale_opens_at: i64,
    pub(crate) sale_closes_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Dates by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN schedules t ON t.id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO schedules (id, version, concert_id, starts_at, zone, sale_opens_at, sale_closes_at)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', unhex(value ->> 'concert_id', '-'), value ->> 'starts_at',
           value ->> 'zone', value ->> 'sale_opens_at', value ->> 'sale_closes_at'
    FROM jsonb_each(?1)";

impl TryFrom<Model> for Versioned<Schedule> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let schedule = Schedule {
            id: ScheduleId(row.id),
            concert: ConcertId(row.concert_id),
            starts_at: instant(row.starts_at, TABLE, "starts_at")?,
            zone: Zone::new(&row.zone).map_err(|_| Corrupt::new(TABLE, "zone"))?,
            sale_opens_at: instant(row.sale_opens_at, TABLE, "sale_opens_at")?,
            sale_closes_at: instant(row.sale_closes_at, TABLE, "sale_closes_at")?,
        };
        Ok(Self::new(Version(row.version), schedule))
    }
}

impl From<&Schedule> for Model {
    /// A date that is new.
    fn from(schedule: &Schedule) -> Self {
        Self {
            id: schedule.id.0,
            version: Version::FIRST.0,
            concert_id: schedule.concert.0,
            starts_at: micros(schedule.starts_at),
            zone: schedule.zone.as_str().to_owned(),
            sale_opens_at: micros(schedule.sale_opens_at),
            sale_closes_at: micros(schedule.sale_closes_at),
        }
    }
}
