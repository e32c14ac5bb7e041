//! Statements on schedules.

/// Schedules by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN schedules t ON t.id = unhex(k.value, '-')";

/// All schedules of concerts.
pub(crate) const SELECT_OF_CONCERTS: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN schedules t ON t.concert_id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO schedules (id, version, concert_id, starts_at, zone, sale_opens_at, sale_closes_at, cancelled_at, cancellation_reason,
                           layout_hash)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', unhex(value ->> 'concert_id', '-'), value ->> 'starts_at',
           value ->> 'zone', value ->> 'sale_opens_at', value ->> 'sale_closes_at',
           value ->> 'cancelled_at', value ->> 'cancellation_reason', value ->> 'layout_hash'
    FROM jsonb_each(?1)";

/// Writes the columns that an operator changes.
pub(crate) const UPDATE: &str = "
    UPDATE schedules SET
        version = new.value ->> 'version', starts_at = new.value ->> 'starts_at', zone = new.value ->> 'zone',
        sale_opens_at = new.value ->> 'sale_opens_at', sale_closes_at = new.value ->> 'sale_closes_at',
        cancelled_at = new.value ->> 'cancelled_at', cancellation_reason = new.value ->> 'cancellation_reason',
        layout_hash = new.value ->> 'layout_hash'
    FROM jsonb_each(?1) new
    WHERE schedules.id = unhex(new.value ->> 'id', '-') AND version = (new.value ->> 'version') - 1";
