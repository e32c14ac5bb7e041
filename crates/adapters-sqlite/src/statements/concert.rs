//! Statements on concerts.

/// Concerts by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN concerts t ON t.id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO concerts (id, version, name, host, queue_id)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', value ->> 'name', value ->> 'host', unhex(value ->> 'queue_id', '-')
    FROM jsonb_each(?1)";
