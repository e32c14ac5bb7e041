//! Statements on wallet entries. They are inserted and never changed: the schema's triggers enforce it.

pub(crate) const INSERT: &str = "
    INSERT INTO wallet_entries (user_id, sequence, id, kind, payment_id, amount, balance, at)
    SELECT unhex(value ->> 'user_id', '-'), value ->> 'sequence', unhex(value ->> 'id', '-'), value ->> 'kind',
           unhex(value ->> 'payment_id', '-'), value ->> 'amount', value ->> 'balance', value ->> 'at'
    FROM jsonb_each(?1)";
