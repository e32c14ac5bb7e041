//! Rows of idempotency keys.

use domain::{Fingerprint, IdempotencyKey, IdempotencyRecord, IdempotencyScope, Operation, UserId, Version, Versioned, Write};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};
use crate::rows::{hex, outcome};

const TABLE: &str = "idempotency_keys";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "idempotency_keys"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub user_id: Uuid,
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub route: String,
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub idempotency_key: String,
    pub version: i64,
    #[serde(with = "hex")]
    pub fingerprint: Vec<u8>,
    pub outcome: String,
    pub recorded_at: i64,
    pub expires_at: i64,
}

entity!();

/// Returns a key as the statements look it up.
pub fn name(scope: &IdempotencyScope) -> (Uuid, &'static str, &str) {
    (scope.user.0, scope.operation.name(), scope.key.as_str())
}

/// Returns the scope of a key: its user, the route to which it was sent, and the key.
pub fn scope(user: Uuid, route: &str, key: &str) -> Result<IdempotencyScope, Corrupt> {
    let operation = Operation::named(route).ok_or(Corrupt::new(TABLE, "route"))?;
    let key = IdempotencyKey::new(key).map_err(|_| Corrupt::new(TABLE, "idempotency_key"))?;
    Ok(IdempotencyScope { user: UserId(user), operation, key })
}

impl TryFrom<Model> for Versioned<IdempotencyRecord> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let fingerprint = row.fingerprint.try_into().map_err(|_| Corrupt::new(TABLE, "fingerprint"))?;
        let record = IdempotencyRecord {
            scope: scope(row.user_id, &row.route, &row.idempotency_key)?,
            fingerprint: Fingerprint(fingerprint),
            outcome: outcome::read(&row.outcome)?,
            recorded_at: instant(row.recorded_at, TABLE, "recorded_at")?,
            expires_at: instant(row.expires_at, TABLE, "expires_at")?,
        };
        Ok(Self::new(Version(row.version), record))
    }
}

impl From<&Write<IdempotencyRecord>> for Model {
    fn from(write: &Write<IdempotencyRecord>) -> Self {
        let record = &write.row;
        let (user_id, route, idempotency_key) = name(&record.scope);
        Self {
            user_id,
            route: route.to_owned(),
            idempotency_key: idempotency_key.to_owned(),
            version: write.version().0,
            fingerprint: record.fingerprint.0.to_vec(),
            outcome: outcome::write(&record.outcome),
            recorded_at: micros(record.recorded_at),
            expires_at: micros(record.expires_at),
        }
    }
}
