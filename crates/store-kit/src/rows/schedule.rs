//! Rows of schedules.

use domain::{ConcertId, Schedule, ScheduleId, Version, Versioned, Write, Zone};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cancellation::{cancellation, reason_of};
use super::layout;
use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};

const TABLE: &str = "schedules";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "schedules"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub id: Uuid,
    pub version: i64,
    pub concert_id: Uuid,
    pub starts_at: i64,
    pub zone: String,
    pub sale_opens_at: i64,
    pub sale_closes_at: i64,
    pub cancelled_at: Option<i64>,
    pub cancellation_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout_hash: Option<String>,
}

entity!();

impl TryFrom<Model> for Versioned<Schedule> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let starts_at = instant(row.starts_at, TABLE, "starts_at")?;
        let zone = Zone::restore(&row.zone).map_err(|_| Corrupt::new(TABLE, "zone"))?;
        let sale = instant(row.sale_opens_at, TABLE, "sale_opens_at")?..instant(row.sale_closes_at, TABLE, "sale_closes_at")?;
        let cancellation = cancellation(row.cancelled_at, row.cancellation_reason.as_deref(), TABLE)?;
        let schedule = Schedule::new(ScheduleId(row.id), ConcertId(row.concert_id), starts_at, zone, sale).restore(cancellation);
        let layout = row.layout_hash.map(|hash| layout::hash(&hash).ok_or(Corrupt::new(TABLE, "layout_hash"))).transpose()?;
        Ok(Self::new(Version(row.version), schedule.with_layout(layout)))
    }
}

impl From<&Schedule> for Model {
    /// Converts a new schedule.
    fn from(schedule: &Schedule) -> Self {
        Self {
            id: schedule.id().0,
            version: Version::FIRST.0,
            concert_id: schedule.concert().0,
            starts_at: micros(schedule.starts_at()),
            zone: schedule.zone().as_str().to_owned(),
            sale_opens_at: micros(schedule.sale_opens_at()),
            sale_closes_at: micros(schedule.sale_closes_at()),
            cancelled_at: schedule.cancellation().map(|cancellation| micros(cancellation.at)),
            cancellation_reason: schedule.cancellation().and_then(reason_of),
            layout_hash: schedule.layout().map(|layout| layout.to_string()),
        }
    }
}

impl From<&Versioned<Schedule>> for Model {
    fn from(schedule: &Versioned<Schedule>) -> Self {
        Self { version: schedule.version.0, ..Self::from(&schedule.row) }
    }
}

impl From<&Write<Schedule>> for Model {
    fn from(write: &Write<Schedule>) -> Self {
        Self { version: write.version().0, ..Self::from(&write.row) }
    }
}
