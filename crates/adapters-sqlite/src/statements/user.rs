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
