//! Rows of wallets.

use domain::{Money, UserId, Version, Versioned, Wallet, Write};
use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::corrupt::Corrupt;

const TABLE: &str = "wallets";

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "wallets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) user_id: Uuid,
    pub(crate) version: i64,
    pub(crate) balance: i64,
    pub(crate) last_sequence: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

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

impl TryFrom<Model> for Versioned<Wallet> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let balance = Money::new(row.balance).map_err(|_| Corrupt::new(TABLE, "balance"))?;
        let last_sequence = u64::try_from(row.last_sequence).map_err(|_| Corrupt::new(TABLE, "last_sequence"))?;
        Ok(Self::new(Version(row.version), Wallet { user: UserId(row.user_id), balance, last_sequence }))
    }
}

impl From<&Write<Wallet>> for Model {
    fn from(write: &Write<Wallet>) -> Self {
        let Wallet { user, balance, last_sequence } = write.row;
        let last_sequence = i64::try_from(last_sequence).unwrap_or(i64::MAX);
        Self { user_id: user.0, version: write.version().0, balance: balance.minor(), last_sequence }
    }
}
