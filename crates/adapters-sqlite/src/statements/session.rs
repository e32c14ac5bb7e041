//! Statements on sessions.

/// Sessions by user.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN sessions t ON t.user_id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO sessions (user_id, slot, version, id, roles, device, created_at, state, token_digest, former_digest, former_nonce,
                          former_until, used_at, idle_at, expires_at, reason, ends_at)
    SELECT unhex(value ->> 'user_id', '-'), value ->> 'slot', value ->> 'version', unhex(value ->> 'id', '-'), value ->> 'roles',
           value ->> 'device', value ->> 'created_at', value ->> 'state', value ->> 'token_digest', value ->> 'former_digest',
           unhex(value ->> 'former_nonce', '-'), value ->> 'former_until', value ->> 'used_at', value ->> 'idle_at', value ->> 'expires_at',
           value ->> 'reason', value ->> 'ends_at'
    FROM jsonb_each(?1)";

/// Writes all columns: a session may replace another one in its slot.
pub(crate) const UPDATE: &str = "
    UPDATE sessions SET
        version = new.value ->> 'version', id = unhex(new.value ->> 'id', '-'), roles = new.value ->> 'roles',
        device = new.value ->> 'device', created_at = new.value ->> 'created_at', state = new.value ->> 'state',
        token_digest = new.value ->> 'token_digest', former_digest = new.value ->> 'former_digest',
        former_nonce = unhex(new.value ->> 'former_nonce', '-'), former_until = new.value ->> 'former_until',
        used_at = new.value ->> 'used_at', idle_at = new.value ->> 'idle_at', expires_at = new.value ->> 'expires_at',
        reason = new.value ->> 'reason', ends_at = new.value ->> 'ends_at'
    FROM jsonb_each(?1) new
    WHERE user_id = unhex(new.value ->> 'user_id', '-') AND slot = new.value ->> 'slot' AND version = (new.value ->> 'version') - 1";

/// Deletes the sessions that ended first, before an instant (1), with a limit (2), and returns their users.
pub(crate) const DELETE_ENDED: &str = "
    DELETE FROM sessions
    WHERE (user_id, slot) IN (SELECT user_id, slot FROM sessions WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2)
    RETURNING user_id AS id";

/// The end of the session that ended, or will end, first.
pub(crate) const OLDEST: &str = "SELECT ends_at AS at FROM sessions ORDER BY ends_at LIMIT 1";
