//! Rows of queues: the operator's columns, and separate from them the admissions and the numbers.

use domain::queue::PolicyOverrides;
use domain::{Queue, QueueId, QueueState, Version, Versioned, Write, change};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use time::Duration;
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::span_micros;
use crate::words::Word;

const TABLE: &str = "queues";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "queues"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub id: Uuid,
    pub version: i64,
    pub name: String,
    pub state: String,
    pub capacity: Option<i64>,
    pub batch: Option<i64>,
    pub active_micros: Option<i64>,
    pub claim_micros: Option<i64>,
    pub max_waiting: Option<i64>,
    pub message: Option<String>,
}

entity!();

/// The admission row of a queue, the number of its waiting tokens, and the number of tokens whose rows are ACTIVE.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::FromQueryResult))]
pub struct QueueCounts {
    pub queue_id: Uuid,
    /// The admission version.
    pub admission: i64,
    pub last_admitted: i64,
    pub admitted: i64,
    pub waiting: i64,
    /// None: not counted.
    pub active: Option<i64>,
}

/// A schedule of a concert that a queue admits to, and whether one of its seats is AVAILABLE or HELD by its row. A concert without
/// schedules appears once, without a schedule.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::FromQueryResult))]
pub struct Offered {
    pub queue_id: Uuid,
    pub schedule_id: Option<Uuid>,
    pub has_seats: bool,
}

/// The admissions of a queue, and the version under which it admits from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Admission {
    pub queue_id: Uuid,
    pub version: i64,
    pub last_admitted: i64,
    pub admitted: i64,
}

impl From<&Write<change::Admission>> for Admission {
    fn from(write: &Write<change::Admission>) -> Self {
        let Write { row, .. } = write;
        Self {
            queue_id: row.queue().0,
            version: write.version().0,
            last_admitted: number_column(row.last_admitted()),
            admitted: number_column(row.admitted()),
        }
    }
}

impl QueueCounts {
    /// Returns the admission row.
    #[must_use]
    pub fn admission(&self) -> Versioned<change::Admission> {
        let row = change::Admission::restore(QueueId(self.queue_id), self.last_admitted.unsigned_abs(), self.admitted.unsigned_abs());
        Versioned::new(Version(self.admission), row)
    }
}

/// Returns the column of a number or a count.
fn number_column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The last number that a queue has assigned, and the number of its waiting tokens.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::FromQueryResult))]
pub struct Counter {
    pub queue_id: Uuid,
    pub last_number: i64,
    pub waiting: i64,
}

impl TryFrom<Model> for Versioned<Queue> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let number = |value: Option<i64>, column| value.map(u32::try_from).transpose().map_err(|_| Corrupt::new(TABLE, column));
        let overrides = PolicyOverrides {
            capacity: number(row.capacity, "capacity")?,
            batch: number(row.batch, "batch")?,
            active: row.active_micros.map(Duration::microseconds),
            claim: row.claim_micros.map(Duration::microseconds),
            max_waiting: number(row.max_waiting, "max_waiting")?,
        };
        let state = QueueState::of(&row.state).ok_or(Corrupt::new(TABLE, "state"))?;
        let queue = Queue::new(QueueId(row.id), row.name, overrides, row.message).restore(state);
        Ok(Self::new(Version(row.version), queue))
    }
}

impl From<&Queue> for Model {
    /// Converts a new queue.
    fn from(queue: &Queue) -> Self {
        let own = &queue.overrides();
        Self {
            id: queue.id().0,
            version: Version::FIRST.0,
            name: queue.name().to_owned(),
            state: queue.state().word().to_owned(),
            capacity: own.capacity.map(i64::from),
            batch: own.batch.map(i64::from),
            active_micros: own.active.map(span_micros),
            claim_micros: own.claim.map(span_micros),
            max_waiting: own.max_waiting.map(i64::from),
            message: queue.message().map(str::to_owned),
        }
    }
}

impl From<&Versioned<Queue>> for Model {
    fn from(queue: &Versioned<Queue>) -> Self {
        Self { version: queue.version.0, ..Self::from(&queue.row) }
    }
}

impl From<&Write<Queue>> for Model {
    fn from(write: &Write<Queue>) -> Self {
        Self { version: write.version().0, ..Self::from(&write.row) }
    }
}
