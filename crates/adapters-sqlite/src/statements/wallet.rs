//! Statements on wallets.

/// Wallets by user.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN wallets t ON t.user_id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO wallets (user_id, version, balance, last_sequence)
    SELECT unhex(value ->> 'user_id', '-'), value ->> 'version', value ->> 'balance', value ->> 'last_sequence'
    FROM jsonb_each(?1)";

pub(crate) const UPDATE: &str = "
    UPDATE wallets SET
        version = new.value ->> 'version', balance = new.value ->> 'balance', last_sequence = new.value ->> 'last_sequence'
    FROM jsonb_each(?1) new
    WHERE user_id = unhex(new.value ->> 'user_id', '-') AND version = (new.value ->> 'version') - 1";

/// Deletes wallets by user.
pub(crate) const DELETE: &str = "DELETE FROM wallets WHERE user_id IN (SELECT unhex(value, '-') FROM jsonb_each(?1))";
