//! Statements on payments.

/// Payments by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN payments t ON t.id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO payments (id, version, reservation_id, user_id, amount, paid_at, state, refunded_at)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', unhex(value ->> 'reservation_id', '-'), unhex(value ->> 'user_id', '-'),
           value ->> 'amount', value ->> 'paid_at', value ->> 'state', value ->> 'refunded_at'
    FROM jsonb_each(?1)";

/// Writes the columns that a transition of a payment changes.
pub(crate) const UPDATE: &str = "
    UPDATE payments SET
        version = new.value ->> 'version', state = new.value ->> 'state', refunded_at = new.value ->> 'refunded_at'
    FROM jsonb_each(?1) new
    WHERE payments.id = unhex(new.value ->> 'id', '-') AND version = (new.value ->> 'version') - 1";
