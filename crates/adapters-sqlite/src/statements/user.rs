//! Statements on users.

/// Users by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN users t ON t.id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO users (id, name, created_at)
    SELECT unhex(value ->> 'id', '-'), value ->> 'name', value ->> 'created_at'
    FROM jsonb_each(?1)";

/// Inserts the search keys of users.
pub(crate) const INSERT_SEARCH_KEYS: &str = "
    INSERT INTO user_search_keys (search_key, user_id)
    SELECT value ->> 'search_key', unhex(value ->> 'user_id', '-')
    FROM jsonb_each(?1)";

/// The registrations before an instant (1) that may be pruned, earliest first, with a limit (2), and whether they are used. Used ones are
/// marked as kept and not checked again. The conditions are those of the partial index.
pub(crate) const SELECT_UNCHECKED: &str = "
    SELECT u.id, (NOT EXISTS (SELECT 1 FROM wallets w WHERE w.user_id = u.id AND w.last_sequence = 0)
                  OR EXISTS (SELECT 1 FROM queue_tokens t WHERE t.user_id = u.id)
                  OR EXISTS (SELECT 1 FROM reservations r WHERE r.user_id = u.id)
                  OR EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id)) AS is_used
    FROM users u WHERE u.name IS NOT NULL AND u.kept = 0 AND u.created_at < ?1 ORDER BY u.created_at LIMIT ?2";

/// Marks users as kept, by id.
pub(crate) const KEEP: &str = "UPDATE users SET kept = 1 FROM jsonb_each(?1) new WHERE users.id = unhex(new.value, '-')";

/// Removes the marks of kept users without wallet entries, by id.
pub(crate) const CHECK_AGAIN: &str = "
    UPDATE users SET kept = 0 WHERE id IN (SELECT unhex(value, '-') FROM jsonb_each(?1)) AND kept = 1
                                AND EXISTS (SELECT 1 FROM wallets w WHERE w.user_id = users.id AND w.last_sequence = 0)";

/// Deletes the search keys of users, by user.
pub(crate) const DELETE_SEARCH_KEYS: &str = "DELETE FROM user_search_keys WHERE user_id IN (SELECT unhex(value, '-') FROM jsonb_each(?1))";

/// Deletes users by id.
pub(crate) const DELETE: &str = "DELETE FROM users WHERE id IN (SELECT unhex(value, '-') FROM jsonb_each(?1))";

/// The first registration that may be pruned.
pub(crate) const OLDEST_UNCHECKED: &str =
    "SELECT created_at AS at FROM users WHERE name IS NOT NULL AND kept = 0 ORDER BY created_at LIMIT 1";
