//! Idempotency keys and records for tests.

use time::OffsetDateTime;

use super::rules;
use crate::idempotency::IdempotentRequest;
use crate::{Fingerprint, IdempotencyKey, IdempotencyRecord, IdempotencyScope, Operation, Outcome, UserId, Version, Versioned};

/// Returns the idempotency key `text`.
///
/// # Panics
/// Unless `text` is a valid key.
#[must_use]
#[track_caller]
pub fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// Returns `user`'s idempotent request for `operation` with the key `text`. All requests have the same fingerprint, so requests with the
/// same key are the same request.
///
/// # Panics
/// Unless `text` is a valid key.
#[must_use]
#[track_caller]
pub fn idempotency(user: UserId, operation: Operation, text: &str) -> IdempotentRequest {
    IdempotentRequest { scope: IdempotencyScope { user, operation, key: key(text) }, fingerprint: Fingerprint([1; 32]) }
}

/// Returns the record of a request that had `outcome` at `recorded_at`.
#[must_use]
pub fn a_key_record(idempotency: &IdempotentRequest, outcome: Outcome, recorded_at: OffsetDateTime) -> Versioned<IdempotencyRecord> {
    let IdempotentRequest { scope, fingerprint } = idempotency.clone();
    let expires_at = recorded_at + rules().key_retention;
    Versioned::new(Version(900), IdempotencyRecord { scope, fingerprint, outcome, recorded_at, expires_at })
}
