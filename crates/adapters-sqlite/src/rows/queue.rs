//! Rows of queues: the operator's row, and apart from it the admission version and the numbers.

use domain::queue::PolicyOverrides;
use domain::{Queue, QueueId, QueueState, Version, Versioned};
use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use time::Duration;

use crate::corrupt::Corrupt;
use crate::instant::span_micros;
use crate::words::Word;

const TABLE: &str = "queues";

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "queues")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) capacity: Option<i64>,
    pub(crate) batch: Option<i64>,
    pub(crate) active_micros: Option<i64>,
    pub(crate) claim_micros: Option<i64>,
    pub(crate) max_waiting: Option<i64>,
    pub(crate) message: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How a queue stands: under which version it admits, how many wait, how many tokens' rows say ACTIVE.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(crate) struct Standing {
    pub(crate) queue_id: Uuid,
    pub(crate) admission: i64,
    pub(crate) waiting: i64,
    pub(crate) active: i64,
}

/// The last number that a queue has handed out.
#[derive(Debug, Clone, Copy, FromQueryResult, Serialize)]
pub(crate) struct Counter {
    pub(crate) queue_id: Uuid,
    pub(crate) last_number: i64,
}

/// Queues by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN queues t ON t.id = unhex(k.value, '-')";

/// Standings by queue.
pub(crate) const STANDINGS: &str = "
    SELECT a.queue_id, a.version AS admission, c.waiting,
           (SELECT count(*) FROM queue_tokens t WHERE t.queue_id = a.queue_id AND t.state = 'ACTIVE') AS active
    FROM jsonb_each(?1) k
    CROSS JOIN queue_admissions a ON a.queue_id = unhex(k.value, '-')
    CROSS JOIN queue_counters c ON c.queue_id = a.queue_id";

/// Counters by queue.
pub(crate) const COUNTERS: &str = "
    SELECT t.queue_id, t.last_number FROM jsonb_each(?1) k CROSS JOIN queue_counters t ON t.queue_id = unhex(k.value, '-')";

/// Writes [`Counter`]s.
pub(crate) const COUNT: &str = "
    UPDATE queue_counters SET last_number = new.value ->> 'last_number'
    FROM jsonb_each(?1) new WHERE queue_id = unhex(new.value ->> 'queue_id', '-')";

/// Bumps admission versions, by queue.
pub(crate) const ADMIT: &str = "
    UPDATE queue_admissions SET version = version + 1
    FROM jsonb_each(?1) new WHERE queue_id = unhex(new.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO queues (id, version, name, state, capacity, batch, active_micros, claim_micros, max_waiting, message)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', value ->> 'name', value ->> 'state', value ->> 'capacity',
           value ->> 'batch', value ->> 'active_micros', value ->> 'claim_micros', value ->> 'max_waiting', value ->> 'message'
    FROM jsonb_each(?1)";

/// Inserts the admission version of new queues.
pub(crate) const INSERT_ADMISSIONS: &str =
    "INSERT INTO queue_admissions (queue_id, version) SELECT unhex(value ->> 'id', '-'), 1 FROM jsonb_each(?1)";

/// Inserts the counters of new queues.
pub(crate) const INSERT_COUNTERS: &str = "INSERT INTO queue_counters (queue_id) SELECT unhex(value ->> 'id', '-') FROM jsonb_each(?1)";

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
        let queue = Queue { id: QueueId(row.id), name: row.name, state, overrides, message: row.message };
        Ok(Self::new(Version(row.version), queue))
    }
}

impl From<&Queue> for Model {
    /// A queue that is new.
    fn from(queue: &Queue) -> Self {
        let own = &queue.overrides;
        Self {
            id: queue.id.0,
            version: Version::FIRST.0,
            name: queue.name.clone(),
            state: queue.state.word().to_owned(),
            capacity: own.capacity.map(i64::from),
            batch: own.batch.map(i64::from),
            active_micros: own.active.map(span_micros),
            claim_micros: own.claim.map(span_micros),
            max_waiting: own.max_waiting.map(i64::from),
            message: queue.message.clone(),
        }
    }
}
