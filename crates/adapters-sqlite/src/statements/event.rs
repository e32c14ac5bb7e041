//! Statements on the outbox.

pub(crate) const INSERT: &str = "
    INSERT INTO outbox (at, kind, payload)
    SELECT value ->> 'at', value ->> 'kind', value ->> 'payload'
    FROM jsonb_each(?1)";

/// Deletes what was written long enough ago.
pub(crate) const DELETE_OLD: &str = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE at < ?1 ORDER BY at LIMIT ?2)";
