//! Replays: a repeated request gets the response to the first one, which is recorded with its effect.

use time::OffsetDateTime;

use super::Decision;
use crate::idempotency::IdempotentRequest;
use crate::{IdempotencyRecord, Outcome, Refusal, Rules, Versioned, Write};

impl IdempotentRequest {
    /// Returns the first response if the record that was `found` shows that this request has already been processed.
    ///
    /// # Errors
    /// [`Refusal::KeyReused`] if the key was used for another request.
    pub fn replay(&self, found: Option<&Versioned<IdempotencyRecord>>, now: OffsetDateTime) -> Result<Option<Decision<Outcome>>, Refusal> {
        match found {
            Some(record) if now < record.expires_at => {
                if record.fingerprint == self.fingerprint {
                    Ok(Some(Decision::replay(record.outcome.clone(), record.recorded_at)))
                } else {
                    Err(Refusal::KeyReused)
                }
            }
            Some(_) | None => Ok(None),
        }
    }

    /// Returns the write of the record of `outcome`; it replaces the record that was `found` and is past its retention.
    #[must_use]
    pub fn record(
        &self,
        outcome: Outcome,
        found: Option<&Versioned<IdempotencyRecord>>,
        now: OffsetDateTime,
        rules: &Rules,
    ) -> Write<IdempotencyRecord> {
        let record = IdempotencyRecord {
            scope: self.scope.clone(),
            fingerprint: self.fingerprint,
            outcome,
            recorded_at: now,
            expires_at: now + rules.key_retention,
        };
        Write { expected: found.map(|old| old.version), row: record }
    }
}
