//! Rows of idempotency keys.

use domain::{Fingerprint, KeyRecord, KeyScope, RequestKey, Route, UserId, Version, Versioned, Write};
use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};
use crate::rows::outcome;
use crate::words::Word;

const TABLE: &str = "idempotency_keys";

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) user_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) route: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) request_key: String,
    pub(crate) version: i64,
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) outcome: String,
    pub(crate) recorded_at: i64,
    pub(crate) expires_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A key as it is written: JSON has no bytes, so the fingerprint goes in as hexadecimal digits.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    user_id: Uuid,
    route: &'static str,
    request_key: &'a str,
    version: i64,
    fingerprint: String,
    outcome: outcome::Json,
    recorded_at: i64,
    expires_at: i64,
}

/// Keys by user, route and key.
pub(crate) const SELECT: &str = "
    SELECT t.* FROM jsonb_each(?1) k
    CROSS JOIN idempotency_keys t
        ON t.user_id = unhex(k.value ->> 0, '-') AND t.route = k.value ->> 1 AND t.request_key = k.value ->> 2";

pub(crate) const INSERT: &str = "
    INSERT INTO idempotency_keys (user_id, route, request_key, version, fingerprint, outcome, recorded_at, expires_at)
    SELECT unhex(value ->> 'user_id', '-'), value ->> 'route', value ->> 'request_key', value ->> 'version',
           unhex(value ->> 'fingerprint'), value -> 'outcome', value ->> 'recorded_at', value ->> 'expires_at'
    FROM jsonb_each(?1)";

pub(crate) const UPDATE: &str = "
    UPDATE idempotency_keys SET
        version = new.value ->> 'version', fingerprint = unhex(new.value ->> 'fingerprint'), outcome = new.value -> 'outcome',
        recorded_at = new.value ->> 'recorded_at', expires_at = new.value ->> 'expires_at'
    FROM jsonb_each(?1) new
    WHERE user_id = unhex(new.value ->> 'user_id', '-') AND route = new.value ->> 'route'
      AND request_key = new.value ->> 'request_key' AND version = (new.value ->> 'version') - 1";

/// Deletes what is past its retention.
pub(crate) const DELETE_EXPIRED: &str = "
    DELETE FROM idempotency_keys
    WHERE rowid IN (SELECT rowid FROM idempotency_keys WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

/// A key as the statements look it up.
pub(crate) fn name(scope: &KeyScope) -> (Uuid, &'static str, &str) {
    (scope.user.0, scope.route.word(), scope.key.as_str())
}

/// Whose key it is, where it was sent, and the key.
pub(crate) fn scope(user: Uuid, route: &str, key: &str) -> Result<KeyScope, Corrupt> {
    let route = Route::of(route).ok_or(Corrupt::new(TABLE, "route"))?;
    let key = RequestKey::new(key).map_err(|_| Corrupt::new(TABLE, "request_key"))?;
    Ok(KeyScope { user: UserId(user), route, key })
}

impl TryFrom<Model> for Versioned<KeyRecord> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let fingerprint = row.fingerprint.try_into().map_err(|_| Corrupt::new(TABLE, "fingerprint"))?;
        let record = KeyRecord {
            scope: scope(row.user_id, &row.route, &row.request_key)?,
            fingerprint: Fingerprint(fingerprint),
            outcome: outcome::read(&row.outcome)?,
            recorded_at: instant(row.recorded_at, TABLE, "recorded_at")?,
            expires_at: instant(row.expires_at, TABLE, "expires_at")?,
        };
        Ok(Self::new(Version(row.version), record))
    }
}

impl<'a> From<&'a Write<KeyRecord>> for Written<'a> {
    fn from(write: &'a Write<KeyRecord>) -> Self {
        let record = &write.row;
        let (user_id, route, request_key) = name(&record.scope);
        Self {
            user_id,
            route,
            request_key,
            version: write.version().0,
            fingerprint: hexadecimal(&record.fingerprint.0),
            outcome: (&record.outcome).into(),
            recorded_at: micros(record.recorded_at),
            expires_at: micros(record.expires_at),
        }
    }
}

fn hexadecimal(bytes: &[u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
