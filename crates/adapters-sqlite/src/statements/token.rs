//! Statements on queue tokens.

/// Tokens by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN queue_tokens t ON t.id = unhex(k.value, '-')";

/// Live tokens by queue and user.
pub(crate) const SELECT_LIVE: &str = "
    SELECT t.* FROM jsonb_each(?1) k
    CROSS JOIN queue_tokens t
        ON t.queue_id = unhex(k.value ->> 0, '-') AND t.user_id = unhex(k.value ->> 1, '-') AND t.state <> 'EXPIRED'";

/// The latest end of the live tokens of queues (0) that name concerts (1), for each pair; unlimited if one is waiting.
pub(crate) const SELECT_AWAITED_UNTIL: &str = "
    SELECT k.key AS position,
           CASE WHEN EXISTS (SELECT 1 FROM queue_tokens t WHERE t.queue_id = unhex(k.value ->> 0, '-') AND t.state = 'WAITING'
                                                            AND t.concert_id = unhex(k.value ->> 1, '-'))
                THEN 9223372036854775807
                ELSE (SELECT t.expires_at FROM queue_tokens t
                      WHERE t.queue_id = unhex(k.value ->> 0, '-') AND t.state = 'ACTIVE' AND t.concert_id = unhex(k.value ->> 1, '-')
                      ORDER BY t.expires_at DESC LIMIT 1)
           END AS until
    FROM jsonb_each(?1) k";

/// The ACTIVE tokens of a queue whose deadline has passed, earliest first.
pub(crate) const SELECT_LAPSED: &str =
    "SELECT * FROM queue_tokens WHERE queue_id = ?1 AND state = 'ACTIVE' AND expires_at <= ?2 ORDER BY expires_at LIMIT ?3";

/// The WAITING tokens of a queue with the lowest numbers. All are above the last admitted number: the search starts there.
pub(crate) const SELECT_FIRST_WAITING: &str = "
    SELECT * FROM queue_tokens
    WHERE queue_id = ?1 AND state = 'WAITING' AND number > (SELECT last_admitted FROM queue_admissions WHERE queue_id = ?1)
    ORDER BY number LIMIT ?2";

/// The live tokens of a queue after a number.
pub(crate) const SELECT_AFTER: &str = "
    SELECT * FROM queue_tokens WHERE queue_id = ?1 AND state = 'WAITING' AND number > ?2
    UNION ALL
    SELECT * FROM queue_tokens WHERE queue_id = ?1 AND state = 'ACTIVE' AND number > ?2
    ORDER BY number LIMIT ?3";

pub(crate) const INSERT: &str = "
    INSERT INTO queue_tokens (id, version, queue_id, user_id, concert_id, number, joined_at,
                              state, activated_at, claimed, expires_at, reason, expired_at)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', unhex(value ->> 'queue_id', '-'), unhex(value ->> 'user_id', '-'),
           unhex(value ->> 'concert_id', '-'), value ->> 'number', value ->> 'joined_at', value ->> 'state',
           value ->> 'activated_at', value ->> 'claimed', value ->> 'expires_at', value ->> 'reason', value ->> 'expired_at'
    FROM jsonb_each(?1)";

/// Writes the columns that a transition of a token changes.
pub(crate) const UPDATE: &str = "
    UPDATE queue_tokens SET
        version = new.value ->> 'version', state = new.value ->> 'state', activated_at = new.value ->> 'activated_at',
        claimed = new.value ->> 'claimed', expires_at = new.value ->> 'expires_at', reason = new.value ->> 'reason',
        expired_at = new.value ->> 'expired_at'
    FROM jsonb_each(?1) new
    WHERE queue_tokens.id = unhex(new.value ->> 'id', '-') AND version = (new.value ->> 'version') - 1";

/// The tokens that ended before an instant (1) and may be pruned, earliest first, with a limit (2), and whether a reservation names
/// them. Tokens that ended with a payment have a reservation that stays, and tokens with a reservation are marked as kept: neither is
/// checked. The conditions are those of the partial index.
pub(crate) const SELECT_ENDED: &str = "
    SELECT t.id, t.queue_id, t.user_id, EXISTS (SELECT 1 FROM reservations r WHERE r.token_id = t.id) AS is_named FROM queue_tokens t
    WHERE t.state = 'EXPIRED' AND t.reason <> 'PAID' AND t.kept = 0 AND t.expired_at < ?1
    ORDER BY t.expired_at LIMIT ?2";

/// Marks tokens as kept, by id.
pub(crate) const KEEP: &str = "
    UPDATE queue_tokens SET kept = 1 FROM jsonb_each(?1) new WHERE queue_tokens.id = unhex(new.value, '-')";

/// Deletes tokens by id.
pub(crate) const DELETE: &str = "DELETE FROM queue_tokens WHERE id IN (SELECT unhex(value, '-') FROM jsonb_each(?1))";

/// Removes the marks of kept tokens, by id.
pub(crate) const CHECK_AGAIN: &str =
    "UPDATE queue_tokens SET kept = 0 WHERE id IN (SELECT unhex(value, '-') FROM jsonb_each(?1)) AND kept = 1";

/// The end of the first token that may be pruned.
pub(crate) const OLDEST_ENDED: &str = "
    SELECT expired_at AS at FROM queue_tokens WHERE state = 'EXPIRED' AND reason <> 'PAID' AND kept = 0 ORDER BY expired_at LIMIT 1";
