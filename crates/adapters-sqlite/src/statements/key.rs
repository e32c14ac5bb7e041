//! Statements on idempotency keys.

/// Keys by user, route and key.
pub(crate) const SELECT: &str = "
    SELECT t.* FROM jsonb_each(?1) k
    CROSS JOIN idempotency_keys t
        ON t.user_id = unhex(k.value ->> 0, '-') AND t.route = k.value ->> 1 AND t.idempotency_key = k.value ->> 2";

pub(crate) const INSERT: &str = "
    INSERT INTO idempotency_keys (user_id, route, idempotency_key, version, fingerprint, outcome, recorded_at, expires_at)
    SELECT unhex(value ->> 'user_id', '-'), value ->> 'route', value ->> 'idempotency_key', value ->> 'version',
           unhex(value ->> 'fingerprint'), value ->> 'outcome', value ->> 'recorded_at', value ->> 'expires_at'
    FROM jsonb_each(?1)";

pub(crate) const UPDATE: &str = "
    UPDATE idempotency_keys SET
        version = new.value ->> 'version', fingerprint = unhex(new.value ->> 'fingerprint'), outcome = new.value ->> 'outcome',
        recorded_at = new.value ->> 'recorded_at', expires_at = new.value ->> 'expires_at'
    FROM jsonb_each(?1) new
    WHERE user_id = unhex(new.value ->> 'user_id', '-') AND route = new.value ->> 'route'
      AND idempotency_key = new.value ->> 'idempotency_key' AND version = (new.value ->> 'version') - 1";

/// Deletes keys whose retention has ended.
pub(crate) const DELETE_EXPIRED: &str = "
    DELETE FROM idempotency_keys
    WHERE rowid IN (SELECT rowid FROM idempotency_keys WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

/// The end of the retention that ended, or will end, first.
pub(crate) const OLDEST: &str = "SELECT expires_at AS at FROM idempotency_keys ORDER BY expires_at LIMIT 1";
