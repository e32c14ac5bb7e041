//! Rows of wallets.

use domain::{Money, UserId, Version, Versioned, Wallet, Write};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;

const TABLE: &str = "wallets";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "wallets"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub user_id: Uuid,
    pub version: i64,
    pub balance: i64,
    pub last_sequence: i64,
}

entity!();

impl TryFrom<Model> for Versioned<Wallet> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let balance = Money::new(row.balance).map_err(|_| Corrupt::new(TABLE, "balance"))?;
        let last_sequence = u64::try_from(row.last_sequence).map_err(|_| Corrupt::new(TABLE, "last_sequence"))?;
        Ok(Self::new(Version(row.version), Wallet::restore(UserId(row.user_id), balance, last_sequence)))
    }
}

impl From<&Write<Wallet>> for Model {
    fn from(write: &Write<Wallet>) -> Self {
        let wallet = write.row;
        let last_sequence = i64::try_from(wallet.last_sequence()).unwrap_or(i64::MAX);
        Self { user_id: wallet.user().0, version: write.version().0, balance: wallet.balance().minor(), last_sequence }
    }
}
