//! Statements on schedules.

/// Dates by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN schedules t ON t.id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO schedules (id, version, concert_id, starts_at, zone, sale_opens_at, sale_closes_at)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', unhex(value ->> 'concert_id', '-'), value ->> 'starts_at',
           value ->> 'zone', value ->> 'sale_opens_at', value ->> 'sale_closes_at'
    FROM jsonb_each(?1)";
